package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A job that saves, with an attempt that stands still in the middle of its part until the job is over, whatever it is
 * told, and then goes on writing: only the part of its copy may be seen. For two executors of one core each.
 */
public final class LateAttempt {
    private static final int ROWS = 4_000;
    private static final int PARTS = 4;
    private static final int LATE = 1;
    /** So long that of the late part a piece has been sent when it stands still, where a piece has 5 MiB. */
    private static final String TAIL = ".".repeat(12_000);

    private LateAttempt() {}

    public static KindlingConf expectedBy(KindlingConf conf) {
        return conf.set("kindling.speculation", "true").set("kindling.speculation.minTaskRuntimeMs", "100ms");
    }

    /**
     * Returns when both executors are free again.
     *
     * @param marks an empty directory
     */
    public static void save(KindlingContext kindling, String target, Path marks) throws IOException {
        String directory = marks.toString();
        kindling.range(0, ROWS, 1, PARTS).map(n -> row(n, directory)).saveAsTextFile(target);

        assertTrue(Files.exists(marks.resolve("late")), "no attempt was late");
        Files.createFile(marks.resolve("gate"));
        List<Integer> together =
                kindling.range(0, 2, 1, 2).map(n -> arrivedWith(n, directory)).collect();
        assertEquals(List.of(2, 2), together, "executors that have a free core");
    }

    private static String row(long n, String marks) throws IOException {
        TaskContext task = TaskContext.get();
        if (task.partitionId() != LATE) {
            return "row " + n + ".";
        }
        if (n == ROWS / PARTS * 2 - 10 && task.attemptNumber() == 0) {
            Files.createFile(Path.of(marks, "late"));
            while (!Files.exists(Path.of(marks, "gate"))) {
                Thread.interrupted();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
        return "row " + n + TAIL;
    }

    /** How many tasks have come to where all wait for each other. */
    private static int arrivedWith(long n, String marks) throws IOException, InterruptedException {
        Files.createFile(Path.of(marks, "arrived-" + n));
        int count = 0;
        for (int tries = 0; tries < 6_000 && count < 2; tries++) {
            count = (int) LongStream.range(0, 2)
                    .filter(other -> Files.exists(Path.of(marks, "arrived-" + other)))
                    .count();
            Thread.sleep(5);
        }
        return count;
    }

    /** The lines of the output, but for what makes them long. */
    public static List<String> rows() {
        return IntStream.range(0, ROWS).mapToObj(n -> "row " + n).toList();
    }

    /** Of a line of the output. */
    public static String start(String line) {
        return line.substring(0, line.indexOf('.'));
    }
}
