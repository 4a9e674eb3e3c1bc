"""Diffusion models from a local folder, run here with diffusers."""
