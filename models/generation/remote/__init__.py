"""Generators on servers: ComfyUI, the Stable Diffusion web UI, and the images API of OpenAI and its kin."""
