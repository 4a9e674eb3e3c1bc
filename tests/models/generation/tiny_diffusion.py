"""Real pipelines of a few thousand random parameters, built and saved on the spot as diffusers saves them."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.generation.diffusion.folder import require_packages
from schemas.errors import BackendUnavailableError

_HIDDEN = 32


def skip_without_diffusers() -> None:
    try:
        require_packages()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


def save_depth2img(folder: Path, *, is_flat: bool = False) -> Path:
    """Stable Diffusion 2 depth: a UNet of five channels and a DPT; a flat one sees no depth anywhere."""
    from diffusers import StableDiffusionDepth2ImgPipeline

    _seed(1)
    return _saved(
        StableDiffusionDepth2ImgPipeline(
            vae=_vae(),
            text_encoder=_text_encoder(),
            tokenizer=_tokenizer(folder),
            unet=_unet(in_channels=5),
            scheduler=_ddim(),
            depth_estimator=_dpt(is_flat=is_flat),
            feature_extractor=_dpt_processor(),
        ),
        folder,
    )


def save_sd(folder: Path, *, controlnet: bool = True, ip_adapter: bool = True, **settings: object) -> Path:
    """Stable Diffusion 1.5 with a ControlNet and an IP-Adapter, each in a folder of its own beside it."""
    from diffusers import ControlNetModel, StableDiffusionPipeline

    _seed(2)
    unet = _unet()
    pipeline = StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=_text_encoder(),
        tokenizer=_tokenizer(folder),
        unet=unet,
        scheduler=_ddim(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    _saved(pipeline, folder)
    _seed(3)
    if controlnet:
        network = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
        _wake(network)
        network.save_pretrained(folder / "controlnet")
        _dpt().save_pretrained(folder / "depth_estimator")
        _dpt_processor().save_pretrained(folder / "depth_estimator")
    if ip_adapter:
        _save_ip_adapter(unet, folder)
    if settings:
        (folder / "longbox.json").write_text(json.dumps(settings))
    return folder


def save_sdxl(folder: Path) -> Path:
    """SDXL: two text encoders and added times."""
    from diffusers import StableDiffusionXLPipeline

    _seed(4)
    tokenizer = _tokenizer(folder)
    unet = _unet(
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=80,  # 6 * 8 + 32
        cross_attention_dim=64,
    )
    return _saved(
        StableDiffusionXLPipeline(
            vae=_vae(),
            text_encoder=_text_encoder(),
            text_encoder_2=_text_encoder(projection=True),
            tokenizer=tokenizer,
            tokenizer_2=tokenizer,
            unet=unet,
            scheduler=_ddim(),
        ),
        folder,
    )


def save_flux(folder: Path) -> Path:
    """FLUX: a transformer on packed latents, CLIP and T5."""
    from diffusers import (
        AutoencoderKL,
        FlowMatchEulerDiscreteScheduler,
        FluxPipeline,
        FluxTransformer2DModel,
    )
    from transformers import T5Config, T5EncoderModel

    _seed(5)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=[4, 4, 8],
        guidance_embeds=True,
    )
    vae = AutoencoderKL(
        sample_size=32,
        block_out_channels=(8,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=1,
        norm_num_groups=4,
        force_upcast=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.06,
        scaling_factor=1.5,
    )
    t5 = T5EncoderModel(T5Config(vocab_size=600, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4))
    return _saved(
        FluxPipeline(
            scheduler=FlowMatchEulerDiscreteScheduler(),
            vae=vae,
            text_encoder=_text_encoder(),
            tokenizer=_tokenizer(folder),
            text_encoder_2=t5.eval(),
            tokenizer_2=_t5_tokenizer(),
            transformer=transformer,
        ),
        folder,
    )


def _seed(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def _unet(**changes: object) -> Any:
    from diffusers import UNet2DConditionModel

    options: dict[str, Any] = {
        "block_out_channels": (32, 64),
        "layers_per_block": 1,
        "sample_size": 32,
        "in_channels": 4,
        "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "cross_attention_dim": _HIDDEN,
    }
    return UNet2DConditionModel(**{**options, **changes}).eval()


def _vae() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=[16] * 4,  # four levels, as the real ones: a latent for 8 x 8 pixels
        in_channels=3,
        out_channels=3,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        latent_channels=4,
        norm_num_groups=4,
        force_upcast=False,
    ).eval()


def _ddim() -> Any:
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def _text_config() -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        hidden_size=_HIDDEN,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=600,
        projection_dim=_HIDDEN,
    )


def _text_encoder(*, projection: bool = False) -> Any:
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(_text_config()).eval()


def _tokenizer(folder: Path) -> Any:
    """Byte pairs without merges: every letter is a token."""
    from transformers import CLIPTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    letters = [chr(code) for code in range(33, 127)]
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary.write_text(json.dumps({word: number for number, word in enumerate(words)}))
    merges.write_text("#version: 0.2\n")
    return CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77)


def _t5_tokenizer() -> Any:
    from transformers import T5Tokenizer

    letters = [chr(code) for code in range(33, 127)]
    pieces = ["<pad>", "</s>", "<unk>", "▁", *letters]
    return T5Tokenizer(vocab=[(piece, -1.0) for piece in pieces], extra_ids=0, model_max_length=64)


def _dpt(*, is_flat: bool = False) -> Any:
    from transformers import DPTConfig, DPTForDepthEstimation

    config = DPTConfig(
        image_size=32,
        patch_size=16,
        num_channels=3,
        hidden_size=32,
        num_hidden_layers=4,
        backbone_out_indices=(0, 1, 2, 3),
        num_attention_heads=4,
        intermediate_size=37,
        is_decoder=False,
        is_hybrid=False,
        neck_hidden_sizes=[16, 32, 32, 32],
        fusion_hidden_size=16,
        head_in_index=-1,
    )
    network = _awake(DPTForDepthEstimation(config).eval())
    if is_flat:
        for tensor in network.head.parameters():
            tensor.data.zero_()
    return network


def _dpt_processor() -> Any:
    from transformers import DPTImageProcessor

    return DPTImageProcessor(size={"height": 32, "width": 32}, keep_aspect_ratio=False)


def _save_ip_adapter(unet: Any, folder: Path) -> None:
    """Keys and values for every cross attention of the UNet, and a projection of the picture's vector."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    tokens, tensors = 4, {}
    number = 1
    for name in unet.attn_processors:
        if name.endswith("attn2.processor"):
            attention = unet.get_submodule(name.removesuffix(".processor"))
            for part, layer in (("k", attention.to_k), ("v", attention.to_v)):
                tensors[f"ip_adapter.{number}.to_{part}_ip.weight"] = torch.randn(layer.weight.shape) * 0.5
            number += 2
    size = unet.config.cross_attention_dim
    tensors["image_proj.proj.weight"] = torch.randn(tokens * size, 32)
    tensors["image_proj.proj.bias"] = torch.randn(tokens * size)
    tensors["image_proj.norm.weight"] = torch.ones(size)
    tensors["image_proj.norm.bias"] = torch.zeros(size)
    (folder / "ip_adapter").mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "ip_adapter" / "ip-adapter.safetensors")
    vision = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        image_size=32,
        patch_size=8,
        projection_dim=32,
    )
    _awake(CLIPVisionModelWithProjection(vision).eval()).save_pretrained(folder / "image_encoder")
    processor = CLIPImageProcessor(crop_size=32, size={"shortest_edge": 32})
    processor.save_pretrained(folder / "image_encoder")


def _awake(network: Any) -> Any:
    """Give weights a size at which they make a difference: fresh ones are near nothing."""
    import torch

    with torch.no_grad():
        for tensor in network.parameters():
            if tensor.dim() > 1:
                tensor.normal_(0, 0.3)
    return network


def _wake(network: Any) -> None:
    """Fill what a ControlNet starts with at zero."""
    import torch

    with torch.no_grad():
        for tensor in network.parameters():
            if tensor.abs().max() == 0:
                tensor.normal_(0, 0.2)
