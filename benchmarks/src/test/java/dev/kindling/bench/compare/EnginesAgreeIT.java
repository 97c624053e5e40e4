package dev.kindling.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.bench.work.Inputs;
import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Each work once by each engine, with little data: whatever is compared later gives the same answers. */
class EnginesAgreeIT {
    private static final double SCALE = 0.0002;

    @TempDir
    Path directory;

    @Test
    void everyEngineFindsTheSameRowsInEveryWork() throws Exception {
        List<Work> works = Stream.concat(
                        Work.jobs().stream(), Work.shuffles().stream().filter(work -> work.partitions() == 8))
                .toList();
        for (Work work : works) {
            Inputs.make(work, SCALE, directory.resolve("data"));
        }

        Map<Engine, List<Sample>> samples = new EnumMap<>(Engine.class);
        for (Engine engine : Engine.values()) {
            samples.put(
                    engine, samples(engine, works.stream().filter(engine::can).toList(), Place.THREADS));
        }

        for (Work work : works) {
            Map<Engine, List<Sample>> ofWork = new EnumMap<>(Engine.class);
            samples.forEach((engine, all) -> {
                List<Sample> own = all.stream()
                        .filter(sample -> sample.work().equals(work))
                        .toList();
                if (!own.isEmpty()) {
                    ofWork.put(engine, own);
                }
            });
            Summary summary = new Summary(work, Place.THREADS, ofWork);
            assertEquals(
                    Stream.of(Engine.values())
                            .filter(engine -> engine.can(work))
                            .toList(),
                    summary.engines());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "tests.long", matches = "true", disabledReason = "-Dtests.long=true runs it")
    void programsOfBothRunInTwoProcesses() throws Exception {
        Work work = Work.of("W7S");
        Map<Engine, List<Sample>> samples = new EnumMap<>(Engine.class);
        for (Engine engine : List.of(Engine.KINDLING, Engine.SPARK_RDD)) {
            samples.put(engine, samples(engine, List.of(work), Place.PROCESSES));
        }

        Summary summary = new Summary(work, Place.PROCESSES, samples);

        for (Engine engine : summary.engines()) {
            assertTrue(summary.peakRssBytes(engine) > 50L << 20, engine.title);
            assertTrue(summary.warmMedian(engine, "shuffleBytes") > 1_000, engine.title);
        }
    }

    private List<Sample> samples(Engine engine, List<Work> works, Place place) throws Exception {
        Path scratch = Files.createDirectories(directory.resolve(engine.id + "-" + place.name()));
        List<Request> requests = new ArrayList<>();
        for (Work work : works) {
            requests.add(new Request(
                    work, SCALE, place, 1_200, directory.resolve("data"), scratch, 1, System.currentTimeMillis()));
        }
        return new EngineProcess(engine, directory.resolve(engine.id + ".log"), List.of("-XX:TieredStopAtLevel=1"))
                .samples(requests, 0);
    }
}
