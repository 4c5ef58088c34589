"""What all auth methods of an identity share."""
