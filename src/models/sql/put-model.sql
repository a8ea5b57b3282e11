INSERT INTO {{models}} (model, version, file, sha256, vector, signature, fingerprint, record, v)
SELECT
  {model:String}, {version:UInt32}, {file:String}, {sha256:String}, {vector:String}, {signature:String},
  {fingerprint:String}, {record:String}, (SELECT max(v) FROM {{models}}) + 1
