"""The sample library that Longbox draws itself."""
