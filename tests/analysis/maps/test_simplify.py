import networkx as nx

from journey import simplify


def graph_of(moves):
    """Moves as (source, target, how many, direction), all types in one stage."""
    total = sum(n for _, _, n, _ in moves)
    graph = nx.DiGraph(n_moves=total, n_edges=len(moves), stages=["Attract"], hidden={})
    for source, target, n_moves, direction in moves:
        graph.add_edge(source, target, n_moves=n_moves, direction=direction)
    for name in graph:
        graph.nodes[name].update(stage="Attract", n_journeys=10)
    graph.graph["n_types"] = len(graph)
    return graph


def test_the_share_is_of_the_moves_between_the_types_kept():
    # a, b, c are kept. Between them 90 + 6 + 4 moves, 90 % of which a → b alone; b → c is the
    # best way out of b, c → a that out of c. The 900 moves of x and y don't ask for more.
    moves = [("a", "b", 90, "forward"), ("b", "c", 6, "forward"), ("c", "a", 4, "within")]
    moves += [("a", "c", 2, "forward"), ("x", "y", 900, "forward")]
    graph = graph_of(moves)
    for name in "xy":
        graph.nodes[name]["n_journeys"] = 1
    small = simplify(graph, n_types=3, move_share=0.8)
    assert set(small.edges) == {("a", "b"), ("b", "c"), ("c", "a")}
    assert small.graph["hidden"] == {"n_types": 2, "n_edges": 2, "n_moves": 902}


def test_the_strongest_ways_back_are_kept_and_the_tiny_ones_are_not():
    # a → b has 90 % of all moves. Of the 11 back 80 % are 8.8: b → a (6) and c → a (4) have 10,
    # c → b (1) is left out.
    moves = [("a", "b", 200, "forward"), ("b", "c", 9, "forward"), ("b", "a", 6, "back")]
    moves += [("c", "a", 4, "back"), ("c", "b", 1, "back")]
    small = simplify(graph_of(moves), move_share=0.8)
    assert set(small.edges) == {("a", "b"), ("b", "c"), ("b", "a"), ("c", "a")}
