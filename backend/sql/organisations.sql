-- name: names
SELECT id, kind, reference, name, address, postcode, email, vat_identifier, tax_identifier, peppol_identifier
FROM organisation_names($1, $2)
