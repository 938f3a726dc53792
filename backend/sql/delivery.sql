-- name: kept
SELECT number, media_type, file_name, content FROM delivery_file
WHERE provider_id = $1 AND document_id = $2 AND template_digest = $3

-- name: next_number
-- The row stays locked until the file is kept: references count up, whoever writes files at the same time.
INSERT INTO delivery_sequence (provider_id, last_number) VALUES ($1, 1)
ON CONFLICT (provider_id) DO UPDATE SET last_number = delivery_sequence.last_number + 1
RETURNING last_number

-- name: insert
INSERT INTO delivery_file (provider_id, number, document_id, template, template_digest, media_type, file_name, content,
    sha256, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: of_document
SELECT number, template, file_name, content, sha256, made_at FROM delivery_file
WHERE provider_id = $1 AND document_id = $2 ORDER BY number

-- name: listed
SELECT number, file_name, octet_length(content) AS size FROM delivery_file
WHERE provider_id = $1 AND document_id = $2 ORDER BY number

-- name: file
SELECT media_type, file_name, content FROM delivery_file
WHERE provider_id = $1 AND document_id = $2 AND number = $3
