"""Rules and settings that all auth methods of an identity share."""
