"""Places for a graph: boxes without overlap, edges that pass between them, labels with room of their own."""

from __future__ import annotations

from collections import defaultdict

from batchyard.graph import order
from batchyard.graph.model import Graph, Node
from batchyard.graph.plan import Box, Plan, Point, Route, text_width

NODE_HEIGHT, TERMINAL_HEIGHT = 46.0, 26.0
MINIMUM_WIDTH = 118.0
HEADER, PADDING, LANE_GAP = 52.0, 18.0, 20.0
NODE_GAP, LAYER_GAP = 26.0, 17.0
LABEL_HEIGHT, CHANNEL, DUMMY_WIDTH = 18.0, 20.0, 10.0
NEARLY = 16.0
MAIN_PULL = 40.0
MOST_EXTRA_GAP, SLOPE = 44.0, 14.0


def place(graph: Graph) -> Plan:
    """Return a layered plan of a graph, from top to bottom; graphs within nodes are placed first."""
    if not graph.nodes:
        return Plan(MINIMUM_WIDTH, NODE_HEIGHT, [], [])
    return _Layers(graph).plan()


def _box(node: Node) -> Box:
    lanes = [place(inner) for inner in node.inner]
    text = max(text_width(node.label, 13.5), text_width(node.detail, 11)) + 30
    if not lanes:
        height = TERMINAL_HEIGHT if node.kind == "terminal" else NODE_HEIGHT
        return Box(node, 0, 0, 64.0 if node.kind == "terminal" else max(MINIMUM_WIDTH, text), height)
    width = PADDING
    for lane in lanes:
        lane.x, lane.y = width, HEADER
        width += lane.width + LANE_GAP
    width = max(width - LANE_GAP + PADDING, text)
    shift = (width - PADDING - (lanes[-1].x + lanes[-1].width)) / 2
    for lane in lanes:
        lane.x += shift
    return Box(node, 0, 0, width, HEADER + max(lane.height for lane in lanes) + PADDING, lanes)


class _Layers:
    """One graph on its way to a plan. Items are nodes, and what edges occupy in the layers they pass."""

    def __init__(self, graph: Graph) -> None:
        self.boxes = [_box(node) for node in graph.nodes]
        index = {node.id: at for at, node in enumerate(graph.nodes)}
        self.edges = [edge for edge in graph.edges if edge.source in index and edge.target in index]
        self.ends = [(index[edge.source], index[edge.target]) for edge in self.edges]
        self.back = order.backward(len(self.boxes), self.ends)
        forward = [(b, a) if at in self.back else (a, b) for at, (a, b) in enumerate(self.ends) if a != b]
        self.rank = order.ranks(len(self.boxes), forward)
        looping = {node for at in self.back for node in self.ends[at]}
        self.widths = [box.width + (2 * CHANNEL if at in looping else 0) for at, box in enumerate(self.boxes)]
        self.weights = [1.0] * len(self.boxes)
        self.layer = [2 * rank for rank in self.rank]
        self.chains: dict[int, list[int]] = {}
        self.labels: dict[int, int] = {}
        self.up: order.Links = defaultdict(list)
        self.down: order.Links = defaultdict(list)
        self.shifts: dict[tuple[int, int], float] = {}
        self.lean: dict[int, float] = {}
        self.pulls: dict[tuple[int, int], float] = {}
        main: set[int] = set()
        for at, edge in enumerate(self.edges):
            first = edge.kind == "next" and self.ends[at][0] not in main and at not in self.back
            main |= {self.ends[at][0]} if first else set()
            self._chain(at, MAIN_PULL if first else 1.0)

    def _chain(self, at: int, pull: float) -> None:
        """Give an edge an item in every layer between its ends, the label's in the first after its source."""
        source, target = self.ends[at]
        top, bottom = (target, source) if at in self.back else (source, target)
        chain = []
        for layer in range(self.layer[top] + 1, self.layer[bottom]):
            chain.append(len(self.widths))
            self.widths.append(DUMMY_WIDTH)
            self.weights.append(pull)
            self.layer.append(layer)
        self.chains[at] = chain
        label = self.edges[at].label
        if label and chain:
            item = chain[-1] if at in self.back else chain[0]
            self.labels[at] = item
            self.widths[item] = text_width(label, 11) + 14
        for above, below in zip([top, *chain], [*chain, bottom], strict=True):
            if above != below:
                self.down[above].append(below)
                self.up[below].append(above)
                self.pulls[above, below] = pull
        self.weights[bottom] = max(self.weights[bottom], pull)
        if at in self.back and chain:
            self._keep_right(chain, top, bottom)

    def _keep_right(self, chain: list[int], top: int, bottom: int) -> None:
        """Let a way back run to the right of the boxes that it joins."""
        self.lean.update(dict.fromkeys(chain, 0.4))
        for item, node in ((chain[0], top), (chain[-1], bottom)):
            beside = self.boxes[node].width / 2 + CHANNEL * 0.8
            self.shifts[item, node], self.shifts[node, item] = beside, -beside

    def plan(self) -> Plan:
        """Arrange the items and return the boxes and routes."""
        layers: list[list[int]] = [[] for _ in range(max(self.layer) + 1)]
        for item in self._first_order():
            layers[self.layer[item]].append(item)
        layers = order.arrange(layers, self.up, self.down, self.lean)
        row = order.Row(self.widths, self.weights, self.up, self.down, self.shifts, self.pulls, NODE_GAP)
        x = order.spread(layers, row)
        order.straighten(layers, list(self.chains.values()), x, row)
        left = min(x[item] - self.widths[item] / 2 for item in range(len(x)))
        self.x = [value - left for value in x]
        self._heights(layers)
        for at, box in enumerate(self.boxes):
            box.x, box.y = self.x[at] - box.width / 2, self.tops[self.layer[at]]
        width = max(self.x[item] + self.widths[item] / 2 for item in range(len(x)))
        return Plan(width, self.bottoms[-1], self.boxes, self._routes())

    def _first_order(self) -> list[int]:
        """Return the items depth first, so that edges start out without needless crossings."""
        seen: dict[int, None] = {}
        waiting = list(reversed(range(len(self.widths))))
        waiting += [at for at in reversed(range(len(self.boxes))) if not self.up.get(at)]
        while waiting:
            item = waiting.pop()
            if item not in seen:
                seen[item] = None
                waiting.extend(reversed(self.down.get(item, [])))
        return list(seen)

    def _heights(self, layers: list[list[int]]) -> None:
        labelled = set(self.labels.values())
        self.tops, self.bottoms, at = [], [], 0.0
        for index, layer in enumerate(layers):
            boxes = [self.boxes[item].height for item in layer if item < len(self.boxes)]
            height = max(boxes, default=LABEL_HEIGHT if labelled & set(layer) else 0.0)
            self.tops.append(at)
            self.bottoms.append(at + height)
            at += height + (self._gap(layer) if layers[index + 1 : index + 2] else 0.0)

    def _gap(self, layer: list[int]) -> float:
        """Return the room below a layer: more where edges have far to go sideways."""
        far = max((abs(self.x[a] - self.x[b]) for a in layer for b in self.down.get(a, [])), default=0.0)
        return LAYER_GAP + min(MOST_EXTRA_GAP, far / SLOPE)

    def _routes(self) -> list[Route]:
        routes = []
        for at, edge in enumerate(self.edges):
            points = self._points(at)
            item = self.labels.get(at)
            middle = None
            if item is not None:
                layer = self.layer[item]
                middle = (self.x[item], (self.tops[layer] + self.bottoms[layer]) / 2)
            routes.append(Route(edge, points, middle))
        return routes

    def _points(self, at: int) -> list[Point]:
        source, target = self.ends[at]
        passing = [
            point
            for item in self.chains[at]
            if self.bottoms[self.layer[item]] > self.tops[self.layer[item]]
            for point in (
                (self.x[item], self.tops[self.layer[item]]),
                (self.x[item], self.bottoms[self.layer[item]]),
            )
        ]
        if at in self.back:
            passing.reverse()
            return [*self._side(source, up=True), *passing, *reversed(self._side(target, up=False))]
        out, into = self._port(at, source, down=True), self._port(at, target, down=False)
        if not passing and abs(out - into) < NEARLY:
            out = into
        start = [
            (out, self.boxes[source].y + self.boxes[source].height),
            (out, self.bottoms[self.layer[source]]),
        ]
        return [*start, *passing, (into, self.tops[self.layer[target]])]

    def _side(self, node: int, *, up: bool) -> list[Point]:
        """Return the way from a box's right side into its channel, and along it out of the layer."""
        box = self.boxes[node]
        share = 0.35 if up else 0.65
        y = (
            box.y + min(box.height, NODE_HEIGHT) * share
            if up
            else box.y + box.height - NODE_HEIGHT * (1 - share)
        )
        right = box.x + box.width
        edge = self.tops[self.layer[node]] if up else self.bottoms[self.layer[node]]
        return [(right, y), (right + CHANNEL * 0.8, y), (right + CHANNEL * 0.8, edge)]

    def _port(self, at: int, node: int, *, down: bool) -> float:
        """Return where on a box's lower or upper side an edge is fixed, in the order of the other ends."""
        side = 0 if down else 1
        mine = [e for e in range(len(self.ends)) if self.ends[e][side] == node and e not in self.back]

        def towards(edge: int) -> float:
            chain = self.chains[edge]
            near = (chain[0] if down else chain[-1]) if chain else self.ends[edge][1 - side]
            return self.x[near]

        mine.sort(key=lambda edge: (towards(edge), edge))
        box = self.boxes[node]
        step = min(28.0, (box.width - 30) / max(len(mine), 1))
        return box.x + box.width / 2 + (mine.index(at) - (len(mine) - 1) / 2) * step
