"""Pictures of what a table on the same page says: geometry alone, drawn as SVG by templates/pictures.html."""
