"""The light of a scene: what time of day, weather and walls do to every colour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from models.drawing.art.colour import Rgb, mix, shifted, tinted
from models.drawing.scene import TimeOfDay, Weather


@dataclass(frozen=True, slots=True)
class Light:
    """One light; colours are ``#rrggbb``.

    Attributes:
        tint: what a white sheet of paper looks like in this light, as factors.
        haze: colour that distance fades to.
        haze_strength: how much of it the farthest thing takes.
        saturation: factor on every colour.
        sky: top and bottom of the sky.
        rim: colour of the edge light on figures, None for none.
        dark: whether lamps and windows glow.
    """

    tint: Rgb
    haze: str
    haze_strength: float
    sky: tuple[str, str]
    saturation: float = 1.0
    rim: str | None = None
    dark: bool = False


_OUTDOORS: Mapping[TimeOfDay, Light] = MappingProxyType(
    {
        TimeOfDay.DAWN: Light((1.0, 0.93, 0.92), "#f7d9cf", 0.6, ("#8fb4d9", "#fbd3b4"), 0.95),
        TimeOfDay.DAY: Light((1.0, 1.0, 0.98), "#d6ebf2", 0.55, ("#5fb3e0", "#d9f0f2")),
        TimeOfDay.DUSK: Light((1.0, 0.80, 0.74), "#e8957a", 0.55, ("#4d4580", "#f6a15c"), 1.0, "#ffcf8a"),
        TimeOfDay.NIGHT: Light(
            (0.44, 0.54, 0.84), "#2b3a6e", 0.6, ("#0e1638", "#34508c"), 0.8, "#a9c8ff", True
        ),
    }
)
_INDOORS: Mapping[TimeOfDay, Light] = MappingProxyType(
    {
        TimeOfDay.DAWN: Light((1.0, 0.95, 0.92), "#f3dccf", 0.2, ("#8fb4d9", "#fbd3b4"), 0.95),
        TimeOfDay.DAY: Light((1.0, 0.99, 0.96), "#f2ead8", 0.2, ("#5fb3e0", "#d9f0f2")),
        TimeOfDay.DUSK: Light((1.0, 0.85, 0.74), "#dc9a78", 0.25, ("#4d4580", "#f6a15c"), 1.0, "#ffcf8a"),
        TimeOfDay.NIGHT: Light(
            (0.86, 0.74, 0.7), "#4a3b5c", 0.3, ("#0e1638", "#34508c"), 0.95, "#ffc983", True
        ),
    }
)
_GLOOM: Mapping[Weather, float] = MappingProxyType(
    {
        Weather.CLEAR: 0.0,
        Weather.WIND: 0.1,
        Weather.SNOW: 0.3,
        Weather.CLOUDY: 0.35,
        Weather.FOG: 0.45,
        Weather.RAIN: 0.6,
        Weather.STORM: 0.9,
    }
)
_GREY_SKY: Mapping[TimeOfDay, tuple[str, str]] = MappingProxyType(
    {
        TimeOfDay.DAWN: ("#8d94a8", "#d9cbc8"),
        TimeOfDay.DAY: ("#8198a8", "#cfd8d8"),
        TimeOfDay.DUSK: ("#4a4460", "#b98a80"),
        TimeOfDay.NIGHT: ("#10152c", "#38466a"),
    }
)
_INDOOR_GLOOM = 0.3  # how much of the bad weather comes in through the windows
_FIGURE_SHARE = 0.55  # figures take less of the light than the place, so that a design stays recognisable


@lru_cache(256)
def light_of(time: TimeOfDay, weather: Weather, *, indoors: bool) -> Light:
    """Return the light of a scene."""
    light = (_INDOORS if indoors else _OUTDOORS)[time]
    gloom = _GLOOM[weather]
    grey = _GREY_SKY[time]
    sky = (mix(light.sky[0], grey[0], gloom), mix(light.sky[1], grey[1], gloom))
    inside = gloom * _INDOOR_GLOOM if indoors else gloom
    dim = 1 - 0.16 * inside
    red, green, blue = light.tint
    light = replace(
        light,
        tint=(red * dim * (1 - 0.06 * inside), green * dim, blue * dim * (1 + 0.04 * inside)),
        haze=mix(light.haze, grey[1], inside),
        saturation=light.saturation * (1 - 0.32 * inside),
        sky=sky,
    )
    if weather is Weather.FOG and not indoors:
        return replace(light, haze_strength=0.92)
    return light


@lru_cache(256)
def on_figures(light: Light) -> Light:
    """Return the light as figures and what they hold take it."""
    red, green, blue = (1 + (t - 1) * _FIGURE_SHARE for t in light.tint)
    return replace(light, tint=(red, green, blue), saturation=1 + (light.saturation - 1) * _FIGURE_SHARE)


@lru_cache(16384)
def lit(colour: str, light: Light, distance: float, saturation: float, warmth: float) -> str:
    """Return a colour as it looks in a light, at a distance in [0, 1], in the palette of a style."""
    toned = shifted(colour, saturation=saturation * light.saturation, warmth=warmth)
    return mix(tinted(toned, light.tint), light.haze, light.haze_strength * distance)
