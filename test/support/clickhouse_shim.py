"""Runs libchdb's command line, which is clickhouse-local: clickhouse_shim.py <libchdb.so> <arguments>."""

import ctypes
import sys

library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
arguments = [argument.encode() for argument in sys.argv[1:]]
library.chdb_query_cmdline.restype = ctypes.c_void_p
library.chdb_result_error.restype = ctypes.c_char_p
library.chdb_result_error.argtypes = [ctypes.c_void_p]
result = library.chdb_query_cmdline(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments))
error = library.chdb_result_error(result) if result else None
if error:
    sys.exit(error.decode())
