"""What AWS gets: one archive and one template (``python -m infra.package --stage prod``)."""
