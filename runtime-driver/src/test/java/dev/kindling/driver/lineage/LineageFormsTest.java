package dev.kindling.driver.lineage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Lineage;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.lineage.PlannedStage.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** The forms of a lineage. Those in {@code src/test/resources/lineage} are written anew by {@code -Dlineage.rewrite=true}. */
class LineageFormsTest {
    private static final String NASTY =
            "<script>alert('&amp;')</script> \"quoted\" `code` #35; \\l ]]> {x|y} \u0000\n\u0007 \ud800 grün 表 😀";

    private static PlannedCall call(String name, String operation, int line, StorageLevel level, int... ids) {
        List<Lineage.Step> steps = new ArrayList<>();
        for (int id : ids) {
            boolean isCached = !level.equals(StorageLevel.NONE) && id == ids[ids.length - 1];
            List<Integer> parents = id == 0 ? List.of() : List.of(id - 1);
            steps.add(new Lineage.Step(id, operation, "Zips.java:" + line, parents, isCached, false));
        }
        return new PlannedCall(name, operation, "Zips.java:" + line, level, false, steps);
    }

    private static PlannedCall call(String operation, int line, int... ids) {
        return call("", operation, line, StorageLevel.NONE, ids);
    }

    private static Optional<PlannedStage.Output> output(int shuffleId, int partitions, String how) {
        return Optional.of(new PlannedStage.Output(shuffleId, partitions, "HashPartitioner(" + partitions + ")", how));
    }

    /** A join of counts, which were made before, with names. */
    private static LineageGraph example() {
        return new LineageGraph(List.of(
                new PlannedStage(
                        0,
                        List.of(),
                        List.of(call("textFile", 8, 0), call("mapToPair", 9, 1)),
                        12,
                        Together.NOT_AFTER_A_SHUFFLE,
                        output(0, 8, "combined before and after"),
                        Optional.of(new PlannedStage.Skip(OptionalInt.of(3))),
                        List.of()),
                new PlannedStage(
                        1,
                        List.of(),
                        List.of(call("textFile", 12, 3), call("names by zip", "mapToPair", 13, StorageLevel.NONE, 4)),
                        1,
                        Together.NOT_AFTER_A_SHUFFLE,
                        output(1, 8, ""),
                        Optional.empty(),
                        List.of("join at Zips.java:15 shuffles the right side: it is not partitioned; the left side is,"
                                + " by HashPartitioner(8), and stays where it is")),
                new PlannedStage(
                        2,
                        List.of(0, 1),
                        List.of(
                                call("counts", "reduceByKey", 10, StorageLevel.MEMORY_ONLY, 2),
                                call("join", 15, 5, 6, 7)),
                        8,
                        Together.SMALL_ONES,
                        Optional.empty(),
                        Optional.empty(),
                        List.of())));
    }

    @Test
    void formsOfAnExampleAreAsWrittenDown() throws IOException {
        LineageGraph example = example();
        LineageForms.check(example);
        Map<String, String> forms = new TreeMap<>(Map.of(
                "example.txt", example.toText(),
                "example.mmd", example.toMermaid(),
                "example.dot", example.toDot(),
                "example.svg", example.toSvg(),
                "example.json", example.toJson() + "\n"));

        for (Map.Entry<String, String> form : forms.entrySet()) {
            Path file = resources().resolve(form.getKey());
            if (Boolean.getBoolean("lineage.rewrite")) {
                Files.writeString(file, form.getValue());
            }
            assertEquals(Files.readString(file), form.getValue(), form.getKey());
        }
    }

    private static Path resources() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("seeds.txt"))) {
            directory = directory.getParent();
        }
        return directory.resolve("runtime-driver/src/test/resources/lineage");
    }

    @Test
    void whatTheProgramNamesItsSetsIsTextInEveryForm() {
        PlannedStage stage = new PlannedStage(
                0,
                List.of(),
                List.of(new PlannedCall(
                        NASTY,
                        NASTY,
                        NASTY,
                        StorageLevel.NONE,
                        false,
                        List.of(new Lineage.Step(0, NASTY, NASTY, List.of(), false, false)))),
                1,
                Together.NUMBER_NAMED,
                Optional.of(new PlannedStage.Output(0, 1, NASTY, NASTY)),
                Optional.empty(),
                List.of(NASTY));
        PlannedStage reader = new PlannedStage(
                1,
                List.of(0),
                List.of(call("map", 1, 1)),
                1,
                Together.INPUT_BESIDES,
                Optional.empty(),
                Optional.empty(),
                List.of());
        LineageGraph graph = new LineageGraph(List.of(stage, reader));

        LineageForms.check(graph);
        assertFalse(graph.toMermaid().contains("script>"));
        assertFalse(graph.toSvg().contains("<script"));
        assertEquals(
                0,
                LineageForms.parsed(graph.toSvg())
                        .getElementsByTagName("script")
                        .getLength());
        Document svg = LineageForms.parsed(graph.toSvg());
        String shown = svg.getDocumentElement().getTextContent();
        assertTrue(shown.contains("<script>alert('&amp;')</script> \"quoted\" `code` #35; \\l ]]> {x|y}"), shown);
    }

    @Test
    void anyGraphIsDrawnWithoutBoxesThatOverlap() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<PlannedStage> stages = new ArrayList<>();
            int count = 1 + random.nextInt(25);
            for (int id = 0; id < count; id++) {
                List<Integer> parents = new ArrayList<>();
                for (int parent = 0; parent < id; parent++) {
                    if (random.nextInt(id) < 2) {
                        parents.add(parent);
                    }
                }
                List<PlannedCall> calls = new ArrayList<>();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    calls.add(call("x".repeat(random.nextInt(120)), i, id * 10 + i));
                }
                stages.add(new PlannedStage(
                        id,
                        parents,
                        calls,
                        1 + random.nextInt(9),
                        Together.values()[random.nextInt(4)],
                        id == count - 1 ? Optional.empty() : output(id, 4, ""),
                        random.nextInt(4) == 0
                                ? Optional.of(new PlannedStage.Skip(OptionalInt.empty()))
                                : Optional.empty(),
                        random.nextInt(5) == 0 ? List.of("because ".repeat(30)) : List.of()));
            }
            LineageForms.check(new LineageGraph(stages));
        }
    }
}
