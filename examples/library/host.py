"""Uses the module without a compiler: host.py PATH-OF-plugin.so."""
import ctypes
import sys


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int32), ("trap", ctypes.c_int32),
                ("host_status", ctypes.c_int64), ("message", ctypes.c_char_p),
                ("frame_count", ctypes.c_size_t), ("frames", ctypes.c_void_p)]


class Result(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int64), ("error", ctypes.POINTER(Error))]


Log = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32)
Ask = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32)


class Env(ctypes.Structure):
    _fields_ = [("log", Log), ("ask", Ask), ("user_data", ctypes.c_void_p)]


plugin = ctypes.CDLL(sys.argv[1])
for name in ("instantiate", "free", "add", "greet", "divide", "memory_read"):
    getattr(plugin, "plugin_" + name).restype = Result
instance = ctypes.c_void_p()


def log(_user_data, at, length):
    text = ctypes.create_string_buffer(length)
    plugin.plugin_memory_read(instance, ctypes.c_uint64(at), text,
                              ctypes.c_uint64(length))
    print(text.raw.decode())


env = Env(Log(log), Ask(lambda _user_data, question: question * 2), None)
result = plugin.plugin_instantiate(1, ctypes.byref(env), None,
                                   ctypes.byref(instance))
assert result.code == 0
value = ctypes.c_int32()
assert plugin.plugin_add(instance, 40, 2, ctypes.byref(value)).code == 0
print("40 + 2 =", value.value)
plugin.plugin_greet(instance)
result = plugin.plugin_divide(instance, 1, 0, ctypes.byref(value))
print("failed:", result.error.contents.message.decode())
plugin.plugin_free(instance)
