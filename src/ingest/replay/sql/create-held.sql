CREATE TABLE {{held}} AS {{table}}
