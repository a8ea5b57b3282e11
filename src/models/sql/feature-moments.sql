SELECT [{{means}}] AS mean, [{{scales}}] AS scale
FROM {{table}} FINAL
