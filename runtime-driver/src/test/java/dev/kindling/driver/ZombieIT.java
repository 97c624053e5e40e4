package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An executor that nobody can end is given up, and comes back while it writes a part of a job that is complete. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ZombieIT {
    @TempDir
    Path directory;

    @Test
    void executorThatComesBackIsFencedAndNothingItWroteIsSeen() throws Exception {
        Leftovers leftovers = new Leftovers();
        Path out = directory.resolve("out");
        FaultyCluster cluster = new FaultyCluster("forgetful-cluster[2,1,64]", directory);
        try (cluster) {
            String marks = cluster.marks();
            Job<Boolean> saving = Job.start(() -> {
                cluster.kindling
                        .range(0, 3_000, 1, 3)
                        .map(n -> {
                            if (n == 500) {
                                FaultyCluster.mark(marks, "reached");
                                FaultyCluster.passGate(marks, "gate");
                            }
                            return "row " + n;
                        })
                        .saveAsTextFile(out.toString());
                return true;
            });
            ProcessHandle zombie = cluster.awaitMark("reached");
            long nanos = System.nanoTime();

            FaultyCluster.signal(zombie, "STOP");
            Event.ExecutorRemoved lost = cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);
            long detectedMs = FaultTable.msSince(nanos);
            cluster.openGate("gate");
            assertTrue(saving.result());
            TreeMap<String, String> published = contents(out);
            assertTrue(zombie.isAlive());

            long back = System.nanoTime();
            FaultyCluster.signal(zombie, "CONT");
            cluster.await("the end of the zombie", () -> !zombie.isAlive());
            long endedMs = FaultTable.msSince(back);

            assertEquals(published, contents(out));
            assertEquals(rows(), linesOf(published));
            assertEquals(Kind.HEARTBEAT_LOST, lost.reason().kind());
            assertEquals(10, cluster.kindling.range(0, 10, 1, 2).count());
            List<Event.TaskEnd> finished = cluster.successes();
            assertEquals(
                    finished.size(),
                    finished.stream().map(FaultyCluster::idOf).distinct().count(),
                    finished.toString());
            FaultTable.add(
                    "executor stopped, comes back after the job (zombie)",
                    detectedMs,
                    "right, the zombie ends within " + endedMs + " ms",
                    "1 attempt again");
        }
        FaultTable.print();
        leftovers.assertNone(cluster.scratch());
    }

    /** Every file below the output, hidden ones too. */
    private static TreeMap<String, String> contents(Path out) throws IOException {
        TreeMap<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(out.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (int n = 0; n < 3_000; n++) {
            rows.add("row " + n);
        }
        return rows;
    }

    private static List<String> linesOf(TreeMap<String, String> files) {
        List<String> lines = new ArrayList<>();
        files.forEach((name, text) -> {
            if (name.startsWith("part-")) {
                lines.addAll(text.lines().toList());
            }
        });
        return lines;
    }
}
