"""Dumps for tests, as MySQL writes them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

_ESCAPES = {"\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z", "\\": "\\\\", "'": "\\'", '"': '\\"'}
Rows = Mapping[str, Sequence[Mapping[str, object]]]
HEAD = (
    "-- MySQL dump 10.13  Distrib 8.0.36\n/*!40101 SET NAMES utf8mb4 */;\nSET @OLD_TIME_ZONE='it''s; ok';\n"
)
OTHER = """
CREATE TABLE `auth_user` (`id` int NOT NULL, `note` text COMMENT 'a (b; c''d', KEY `n` (`note`(10)));
INSERT INTO `auth_user` VALUES (1,'it\\'s; (gone'),(2,NULL);
"""
TAIL = "\n-- Dump completed on 2026-11-01  3:00:00\n"


def mysql_text(rows: Rows) -> str:
    """Return a dump in SQL: with tables nobody asked for, keys and comments."""
    return HEAD + OTHER + "".join(_table(name, content) for name, content in rows.items()) + TAIL


def write_mysql(path: Path, rows: Rows) -> Path:
    """Write such a dump."""
    path.write_text(mysql_text(rows), "utf-8")
    return path


def _table(name: str, content: Sequence[Mapping[str, object]]) -> str:
    columns = list(dict.fromkeys(key for row in content for key in row))
    made = ",\n".join(f"  `{column}` varchar(255) DEFAULT 'a,b'" for column in columns)
    values = ",".join("(" + ",".join(_literal(row.get(key)) for key in columns) + ")" for row in content)
    return (
        f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{made},\n  PRIMARY KEY (`id`),\n"
        f"  CONSTRAINT `c` CHECK (`id` > 0)\n) ENGINE=InnoDB COMMENT='it''s; one';\n"
        f"LOCK TABLES `{name}` WRITE;\nINSERT INTO `{name}` VALUES {values};\nUNLOCK TABLES;\n"
    )


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + "".join(_ESCAPES.get(sign, sign) for sign in str(value)) + "'"
