SELECT arrayMap(text -> formatQuerySingleLine(text), {texts:Array(String)}) AS texts
