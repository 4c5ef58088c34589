"""The inspector: pages at `/_mock/` over the control API's own calls, rendered here and loaded with the first page."""
