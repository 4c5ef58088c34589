"""What is shipped: the image and the wheel."""
