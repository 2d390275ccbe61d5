"""The plot's reading, sorting and drawing: plot_test.py [JSON of a run]"""

import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import sys
import tempfile
import unittest
import xml.dom.minidom

sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("plot", str(pathlib.Path(__file__).with_name("plot")))
plot = importlib.util.module_from_spec(importlib.util.spec_from_loader("plot", LOADER))
LOADER.exec_module(plot)
import picture  # beside the plot



def latency(group, name, p50, **more):
    return {"subject": "s", "group": group, "name": name, "p50_us": p50, "p95_us": 2 * p50, "p99_us": 3 * p50} | more


def document(**lists):
    machine = {"kernel": "6.1", "machine": "m", "processor": "a & b", "cores": 2, "memory_mib": 1, "cgroup_version": 2}
    empty = {"latency": [], "throughput": [], "figures": []}
    return {"schema": 1, "machine": machine, "peers": [], "guarantees_missing": {}, "stolen_share": {"s": 0}} | empty | lists


def load(*documents):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, f"{i}.json") for i in range(len(documents))]
        for path, each in zip(paths, documents):
            path.write_text(json.dumps(each), encoding="utf-8")
        return plot.load(paths)


LAUNCHES = [latency(plot.NATIVE_GROUPS[0], plot.SPAWN, 500, ratio=1), latency(plot.NATIVE_GROUPS[0], "<peer>, no-op", 5000, ratio=10),
            latency(plot.NATIVE_GROUPS[0], plot.SPAWN, 400, ratio=1), latency(plot.NATIVE_GROUPS[0], plot.NATIVE, 800, ratio=2)]


class Reading(unittest.TestCase):
    def test_files_are_taken_together(self):
        both = load(document(latency=LAUNCHES[:2]), document(latency=LAUNCHES[2:], peers=[{"name": "p"}]))
        self.assertEqual(both["latency"], LAUNCHES)
        self.assertEqual(both["peers"], [{"name": "p"}])

    def test_another_machine_is_refused(self):
        other = document()
        other["machine"] = other["machine"] | {"cores": 4}
        with self.assertRaisesRegex(ValueError, "1.json: of another machine"):
            load(document(), other)

    def test_another_schema_is_refused(self):
        with self.assertRaisesRegex(ValueError, "schema 2"):
            load(document() | {"schema": 2})


class Texts(unittest.TestCase):
    def test_three_digits(self):
        for value, text in ((0.0123, "0.0123"), (0.5, "0.50"), (2.344, "2.34"), (23.44, "23.4"), (234.4, "234")):
            self.assertEqual(plot.three(value), text)

    def test_units(self):
        self.assertEqual([plot.time_text(us) for us in (12, 1500, 2.5e6)], ["12.0 µs", "1.50 ms", "2.50 s"])
        self.assertEqual([plot.bytes_text(n) for n in (1, 1024, 32768, 64 << 20)], ["1 B", "1 KiB", "32 KiB", "64 MiB"])


class Bars(unittest.TestCase):
    def test_ascending_and_ours_marked(self):
        self.assertEqual(plot.launch_bars(document(latency=LAUNCHES)),
                         [("libsandbox native, cold", 2, True), ("<peer>", 10, False)])

    def test_containers_are_multiples_of_the_spawn_beside_them(self):
        group = plot.DOCKER_GROUP
        entries = [latency(group, "engine", 90_000, ratio=1), latency(group, "  until removed", 1, ratio=1),
                   latency(group, plot.SPAWN, 300, ratio=0.003)]
        self.assertEqual(plot.launch_bars(document(latency=entries)), [("engine", 300, False)])

    def test_marks_reach_beyond_the_largest(self):
        self.assertEqual(picture.ticks(1.2), [1, 2])
        self.assertEqual(picture.ticks(30), [1, 2, 5, 10, 20, 50])


    def test_an_axis_has_round_marks_around_its_values(self):
        self.assertEqual(picture.level_marks([689, 97_400], True), [500, 1000, 10_000, 100_000])
        self.assertEqual(picture.level_marks([100, 10_000], True), [100, 1000, 10_000])
        self.assertEqual(picture.level_marks([414, 1380], False), [0, 500, 1000, 1500])
        self.assertEqual(picture.level_marks([0], False), [0, 0.5])


class Drawing(unittest.TestCase):
    def test_pictures_are_xml_and_repeat(self):
        curve = [latency(plot.BYTES_GROUP, "a pipe", 10 * x, x=x, ratio=1) for x in (1, 1024)]
        doc = document(latency=LAUNCHES + curve)
        for picture in (plot.launch_picture, plot.growth_picture):
            text = picture(doc)
            self.assertEqual(text, picture(copy.deepcopy(doc)))
            self.assertEqual(xml.dom.minidom.parseString(text).documentElement.tagName, "svg")
        self.assertIn("&lt;peer&gt;", plot.launch_picture(doc))

    def test_nothing_measured_is_no_failure(self):
        self.assertIn("<svg", plot.launch_picture(document()))
        self.assertIn("<svg", plot.growth_picture(document()))


class Page(unittest.TestCase):
    def test_only_what_is_between_the_marks_is_replaced(self):
        page = f"head\n{plot.BEGIN}\nold\n{plot.END}\ntail\n"
        once = plot.replaced(page, "new\n")
        self.assertTrue(once.startswith("head\n") and once.endswith("\ntail\n") and "new" in once and "old" not in once)
        self.assertEqual(plot.replaced(once, "new\n"), once)

    def test_a_page_without_marks_is_refused(self):
        for page in ("", plot.BEGIN, f"{plot.END}{plot.BEGIN}"):
            with self.assertRaises(ValueError):
                plot.replaced(page, "")

    def test_each_peer_stands_beside_its_own_base(self):
        text = plot.markdown(document(latency=LAUNCHES))
        self.assertIn("| <peer>, no-op | 5.00 ms | 10.0 ms | 500 µs | 10.0 |", text)
        self.assertIn(f"| {plot.NATIVE} | 800 µs | 1.60 ms | 400 µs | 2.00 |", text)

    def test_figures_of_a_run(self):
        for path in RUNS:
            if not pathlib.Path(path).exists():
                self.skipTest("nothing was measured here")
            doc = plot.load([path])
            for words in ("cold box", "warm box", "bare python3", "runs a second with 64 callers", "a pipe", "fewest / most", "that waits"):
                self.assertIn(words, plot.markdown(doc))
            for picture in (plot.launch_picture, plot.growth_picture):
                xml.dom.minidom.parseString(picture(doc))


RUNS = [sys.argv.pop()] if len(sys.argv) > 1 and sys.argv[-1].endswith(".json") else []

if __name__ == "__main__":
    unittest.main()
