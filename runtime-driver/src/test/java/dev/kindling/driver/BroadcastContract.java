package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Broadcast;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What broadcast values promise, over whatever context the subclass opens. */
abstract class BroadcastContract {
    private static final List<Integer> NUMBERS = IntStream.range(0, 100).boxed().toList();

    abstract KindlingContext kindling();

    private <T> T readInATask(Broadcast<T> broadcast) {
        return kindling()
                .parallelize(List.of(0), 1)
                .map(n -> broadcast.value())
                .collect()
                .get(0);
    }

    /** Where an exception's own first line of this file stands. */
    private static int lineOfCaller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }

    @Test
    void tasksReadWhatTheDriverHas() {
        Map<Integer, String> names = new HashMap<>();
        NUMBERS.forEach(n -> names.put(n, "name " + n));
        Broadcast<Map<Integer, String>> broadcast = kindling().broadcast(names);

        List<String> found = kindling()
                .parallelize(NUMBERS, 4)
                .map(n -> broadcast.value().get(n))
                .collect();

        assertEquals(NUMBERS.stream().map(n -> "name " + n).toList(), found);
        assertEquals(names, broadcast.value());
    }

    record Point(double x, double y) {}

    static final class Plain {
        private final int[] numbers = {1, 2, 3};
        private final Point point = new Point(1, 2);
    }

    @Test
    void valuesOfManyKindsComeWithTheClassesTheyHad() {
        assertEquals(
                TreeMap.class,
                readInATask(kindling().broadcast(new TreeMap<>(Map.of("a", 1)))).getClass());
        assertEquals(new Point(3, 4), readInATask(kindling().broadcast(new Point(3, 4))));
        assertArrayEquals(new long[] {1, -1}, readInATask(kindling().broadcast(new long[] {1, -1})));
        assertEquals(List.of(1, 2), readInATask(kindling().broadcast(List.of(1, 2))));
        assertEquals("text", readInATask(kindling().broadcast("text")));
        assertNull(readInATask(kindling().broadcast(null)));
        Broadcast<Plain> plain = kindling().broadcast(new Plain());
        assertEquals(
                List.of(5.0),
                kindling()
                        .parallelize(List.of(0), 1)
                        .map(n -> plain.value().numbers[2] + plain.value().point.y())
                        .collect());
    }

    @Test
    void tasksOfAnExecutorShareOneObject() {
        Broadcast<Plain> broadcast = kindling().broadcast(new Plain());

        Map<Tuple2<Long, Integer>, Long> uses = kindling()
                .parallelize(NUMBERS, 10)
                .map(n -> Tuple2.of(ProcessHandle.current().pid(), System.identityHashCode(broadcast.value())))
                .countByValue();

        long processes = uses.keySet().stream().map(Tuple2::_1).distinct().count();
        assertEquals(processes, uses.size(), uses::toString);
    }

    @Test
    void valueOfManyBlocksArrivesWhole() {
        byte[] bytes = new byte[9 << 20];
        new Random(1).nextBytes(bytes);
        Broadcast<byte[]> broadcast = kindling().broadcast(bytes);

        List<Integer> sums = kindling()
                .parallelize(NUMBERS, 4)
                .map(n -> java.util.Arrays.hashCode(broadcast.value()))
                .distinct()
                .collect();

        assertEquals(List.of(java.util.Arrays.hashCode(bytes)), sums);
        broadcast.destroy();
    }

    @Test
    void unpersistedValueIsFetchedAgain() {
        Broadcast<String> broadcast = kindling().broadcast("again");
        assertEquals("again", readInATask(broadcast));

        broadcast.unpersist(true);

        assertEquals("again", readInATask(broadcast));
        broadcast.unpersist();
        assertEquals("again", readInATask(broadcast));
    }

    @Test
    void useAfterDestroyIsRefusedAndSaysWhereItWasDestroyed() {
        Broadcast<String> broadcast = kindling().broadcast("gone");
        RDD<String> lazy = kindling().parallelize(NUMBERS, 2).map(n -> broadcast.value() + n);
        int line = lineOfCaller();
        broadcast.destroy(true);
        String words = "it was destroyed by destroy at BroadcastContract.java:" + (line + 1);

        KindlingException onDriver = assertThrows(KindlingException.class, broadcast::value);
        KindlingException captured = assertThrows(
                KindlingException.class, () -> kindling().parallelize(NUMBERS).map(n -> broadcast.value()));
        KindlingException inTask = assertThrows(KindlingException.class, lazy::collect);

        assertEquals(ErrorCode.CLOSED, onDriver.code());
        for (KindlingException failure : List.of(onDriver, captured, inTask)) {
            assertTrue(failure.getMessage().contains(words), failure.getMessage());
        }
        assertThrows(KindlingException.class, broadcast::destroy);
        assertThrows(KindlingException.class, broadcast::unpersist);
    }

    /** The program was sent before: only the task finds that the value is gone. */
    @Test
    void taskThatFindsTheValueDestroyedSaysWhere() throws Exception {
        Broadcast<String> broadcast = kindling().broadcast("gone");
        File gate = File.createTempFile("gate", "");
        assertTrue(gate.delete());
        String path = gate.getPath();
        FutureTask<Long> job = new FutureTask<>(() -> kindling()
                .parallelize(NUMBERS, 2)
                .filter(n -> {
                    awaitFile(path);
                    return broadcast.value().isEmpty();
                })
                .count());
        new Thread(job).start();
        awaitFile(path + ".0");

        broadcast.destroy();
        assertTrue(gate.createNewFile());

        ExecutionException failure = assertThrows(ExecutionException.class, job::get);
        String message = failure.getCause().getMessage();
        assertTrue(message.contains("it was destroyed by destroy at BroadcastContract.java:"), message);
        assertTrue(gate.delete() && new File(path + ".0").delete());
    }

    /** Whoever waits first leaves a file that says so. */
    private static void awaitFile(String path) throws IOException {
        if (!path.endsWith(".0")) {
            new File(path + ".0").createNewFile();
        }
        while (!new File(path).exists()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void setsAndContextsAreRefused() {
        RDD<Integer> rows = kindling().parallelize(NUMBERS, 2);

        KindlingException set =
                assertThrows(KindlingException.class, () -> kindling().broadcast(rows));
        KindlingException inside =
                assertThrows(KindlingException.class, () -> kindling().broadcast(new ArrayList<>(List.of(rows))));
        KindlingException context =
                assertThrows(KindlingException.class, () -> kindling().broadcast(kindling()));

        assertTrue(
                set.getMessage().matches("broadcast at BroadcastContract.java:\\d+: a set cannot be broadcast, .*"),
                set.getMessage());
        assertTrue(inside.getMessage().contains("RddHandle"), inside.getMessage());
        assertTrue(context.getMessage().contains("a context cannot be broadcast"), context.getMessage());
    }

    static final class Unsendable {
        private final Thread thread = Thread.currentThread();
    }

    @Test
    void valueThatCannotBeSentIsRefusedUnderEveryMasterWithThePathToIt() {
        KindlingException refusal =
                assertThrows(KindlingException.class, () -> kindling().broadcast(new Unsendable()));

        assertEquals(ErrorCode.NOT_SERIALIZABLE, refusal.code());
        assertTrue(
                refusal.getMessage().startsWith("broadcast at BroadcastContract.java:")
                        && refusal.getMessage().contains("Unsendable.thread is a java.lang.Thread"),
                refusal.getMessage());
    }

    @Test
    void broadcastValueMayHoldAnother() {
        Broadcast<String> inner = kindling().broadcast("inner");
        Broadcast<List<Broadcast<String>>> outer = kindling().broadcast(new ArrayList<>(List.of(inner)));

        assertEquals(
                List.of("inner"),
                kindling()
                        .parallelize(List.of(0), 1)
                        .map(n -> outer.value().get(0).value())
                        .collect());
    }

    @Test
    void tasksCannotEndABroadcast() {
        Broadcast<String> broadcast = kindling().broadcast("kept");

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> kindling().parallelize(List.of(0), 1).foreach(n -> broadcast.destroy()));

        assertTrue(failure.getMessage().contains("cannot be destroyed inside a task"), failure.getMessage());
        assertEquals("kept", readInATask(broadcast));
    }

    @Test
    void broadcastsAndAccumulatorsGoTogether() {
        Broadcast<Integer> threshold = kindling().broadcast(90);
        LongAccumulator above = kindling().longAccumulator();

        kindling().parallelize(NUMBERS, 3).foreach(n -> {
            if (n >= threshold.value()) {
                above.add(1);
            }
        });

        assertEquals(10, above.value());
    }
}
