INSERT INTO {{table}} (path, repeats)
SELECT tupleElement(column, 'path'), tupleElement(column, 'max_repetition_level')
FROM (SELECT arrayJoin(columns) AS column FROM {file})
