"""Figures: a skeleton from pose and build, skinned with limbs, clothes, hair and a face."""
