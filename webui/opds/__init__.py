"""Catalogues for reading apps: OPDS 1.2 (https://specs.opds.io/opds-1.2) and 2.0, and OpenSearch.

Books lead to their files, hits of a search to the very page and panel.
"""
