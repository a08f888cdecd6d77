# ruff: noqa: INP001 (a recipe, not a package)
"""The judge as the server runs it: a graph for ONNX Runtime, its matrices in seven bits. Needs onnx.

Seven, because a processor without instructions for eight adds two products in sixteen bits, and loses what
does not fit: so the same words mean the same on every machine.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[np.generic]]

OPSET, FORMAT = 20, 9
MOST_STEP = 63
GIVEN_STEPS, MIDDLE = 127, 128
"""What comes in is rounded to so many steps on either side of the middle of a byte."""
LEVEL = 1e-12


class _Graph:
    """Nodes and constants as they come; every method gives the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        numbers = {"part": 1 / GIVEN_STEPS, "middle": MIDDLE}
        self.shared = (
            *(self.constant(name, np.array(one, dtype=np.float32)) for name, one in numbers.items()),
            self.whole("last_axis", -1),
        )
        self.zero = self.constant("zero", np.array(MIDDLE, dtype=np.uint8))

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *given: str, outputs: int = 1, **settings: object) -> str:
        names = [f"{kind}_{len(self.nodes)}_{at}" for at in range(outputs)]
        self.nodes.append(helper.make_node(kind, given, names, **settings))
        return names[0]

    def whole(self, name: str, *numbers: int) -> str:
        return self.constant(name, np.array(numbers, dtype=np.int64))

    def small(self, now: str, name: str, weight: Array, bias: Array) -> str:
        """Times a matrix in whole numbers, each row of what comes in rounded by its own range."""
        steps = np.maximum(np.abs(weight).max(axis=0), 1e-8) / MOST_STEP
        rounded = self.constant(name, np.rint(weight / steps).astype(np.int8))
        part, middle, last = self.shared
        step = self.node("Mul", self.node("ReduceMax", self.node("Abs", now), last, keepdims=1), part)
        shifted = self.node("Add", self.node("Round", self.node("Div", now, step)), middle)
        given = self.node("Cast", shifted, to=TensorProto.UINT8)
        product = self.node("MatMulInteger", given, rounded, self.zero)
        sized = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), step)
        sized = self.node("Mul", sized, self.constant(f"{name}_steps", steps.astype(np.float32)))
        return self.node("Add", sized, self.constant(f"{name}_bias", bias))

    def levelled(self, now: str, name: str, scale: Array, shift: Array) -> str:
        weights = self.constant(f"{name}_scale", scale), self.constant(f"{name}_shift", shift)
        return self.node("LayerNormalization", now, *weights, axis=-1, epsilon=LEVEL)


def graph_of(arrays: Arrays, layers: int, parts: int) -> bytes:
    """The file's bytes, from the arrays that `encoding.kept` makes: rows of pieces in, log odds out."""
    made = _Graph()
    now = _opened(made, arrays)
    for number in range(layers):
        now = _layer(made, now, f"layer{number}_", arrays, parts)
    first = made.whole("first_axis", 0)
    mean = made.node("ReduceMean", now, first, keepdims=0)
    loudest = made.node("ReduceMax", now, first, keepdims=0)
    told = made.node("Concat", mean, loudest, axis=0)
    weight, bias = (
        made.constant(f"heads_{part}", _whole(arrays[f"heads_{part}"])) for part in ("weight", "bias")
    )
    made.nodes.append(helper.make_node("Add", [made.node("MatMul", told, weight), bias], ["odds"]))
    graph = helper.make_graph(
        made.nodes,
        "judge",
        [helper.make_tensor_value_info("rows", TensorProto.INT64, ["pieces"])],
        [helper.make_tensor_value_info("odds", TensorProto.FLOAT, [len(arrays["heads_bias"])])],
        made.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _opened(made: _Graph, arrays: Arrays) -> str:
    """What each piece means and where it stands."""
    vectors = made.node("Gather", made.constant("vectors", arrays["vectors"]), "rows")
    steps = made.node("Gather", made.constant("vector_steps", arrays["vector_steps"]), "rows")
    meant = made.node("Mul", made.node("Cast", vectors, to=TensorProto.FLOAT), steps)
    count = made.node("Shape", "rows")
    places = made.constant("places", _whole(arrays["places"]))
    there = made.node("Slice", places, made.whole("begin", 0), count, made.whole("rows_axis", 0))
    scale, shift = _whole(arrays["first_scale"]), _whole(arrays["first_shift"])
    return made.levelled(made.node("Add", meant, there), "first", scale, shift)


def _layer(made: _Graph, now: str, at: str, arrays: Arrays, parts: int) -> str:
    def through(given: str, name: str) -> str:
        return made.small(given, at + name, _whole(arrays[at + name]), _whole(arrays[f"{at}{name}_bias"]))

    def levelled(given: str, name: str) -> str:
        scale, shift = _whole(arrays[f"{at}{name}scale"]), _whole(arrays[f"{at}{name}shift"])
        return made.levelled(given, at + (name or "level_"), scale, shift)

    size = arrays[f"{at}join"].shape[0]
    heard = through(_attended(made, through(now, "look"), at, (parts, size // parts)), "join")
    now = levelled(made.node("Add", now, heard), "")
    wide = through(made.node("Gelu", through(now, "up"), approximate="tanh"), "down")
    return levelled(made.node("Add", now, wide), "last_")


def _attended(made: _Graph, looked: str, at: str, shape: Sequence[int]) -> str:
    parts, size = shape
    rows = made.node("Reshape", looked, made.whole(f"{at}in_parts", -1, 3, parts, size))
    turned = made.node("Transpose", rows, perm=[1, 2, 0, 3])
    made.node("Split", turned, outputs=3, axis=0, num_outputs=3)
    split = f"Split_{len(made.nodes) - 1}_"
    first = made.whole(f"{at}first", 0)
    asked, offered, told = (made.node("Squeeze", f"{split}{part}", first) for part in range(3))
    match = made.node("MatMul", asked, made.node("Transpose", offered, perm=[0, 2, 1]))
    root = made.constant(f"{at}root", np.array(1 / np.sqrt(size), dtype=np.float32))
    match = made.node("Softmax", made.node("Mul", match, root), axis=-1)
    joined = made.node("Transpose", made.node("MatMul", match, told), perm=[1, 0, 2])
    return made.node("Reshape", joined, made.whole(f"{at}joined", -1, parts * size))


def _whole(value: npt.NDArray[np.generic]) -> Array:
    return np.ascontiguousarray(value, dtype=np.float32)
