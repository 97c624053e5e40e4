package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real executor processes that do their work; what harm can be done to them is in {@link ProcessFaultsIT}. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutorProcessesIT {
    @TempDir
    Path scratch;

    private Leftovers leftovers;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
    }

    @AfterEach
    void nothingIsLeft() {
        leftovers.assertNone(scratch);
    }

    private KindlingContext cluster(String master) {
        return new KindlingContext(master, "test", new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
    }

    @Test
    void zipCodesAreCountedForAnyNumberOfPartitions() {
        List<Tuple2<Integer, Long>> expected = ZipCount.expected();

        try (KindlingContext kindling = cluster("local-cluster[2,1,64]")) {
            for (int partitions : new int[] {1, 2, 7, 32}) {
                assertEquals(expected, ZipCount.run(kindling, partitions), partitions + " partitions");
            }
        }
    }

    /** Executors with a command of their own are taken for ones on other machines: they fetch, and do not read files. */
    @Test
    void smallExecutorsFetchFromEachOtherOverTls() {
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.scratch.encrypt", "true")
                .set("kindling.driver.bindAddress", "0.0.0.0")
                .set("kindling.executor.bindAddress", "0.0.0.0")
                .set("kindling.executor.ports", "41000-41999")
                .set("kindling.executor.commandPrefix", "env,EXECUTOR={n}");
        try (KindlingContext kindling = new KindlingContext("local-cluster[3,1,64]", "test", conf)) {
            assertEquals(ZipCount.expected(), ZipCount.run(kindling, 7));
            long sum = kindling.range(0, 300_000, 1, 6)
                    .mapToPair(n -> Tuple2.of(n % 1_000, "value " + n))
                    .groupByKey(6)
                    .mapValues(values -> values.iterator().next().length())
                    .map(Tuple2::_2)
                    .reduce(Integer::sum);
            assertTrue(sum >= 1_000 * "value 0".length(), "sum " + sum);
        }
    }

    @Test
    void exceptionOfAUserFunctionIsTheCauseAndItsMessageComesFirst() {
        try (KindlingContext kindling = cluster("local-cluster[1,2,64]")) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(1, 2, 0))
                            .map(n -> 10 / n)
                            .collect());

            assertEquals(ErrorCode.USER_CODE_FAILED, failure.code());
            ArithmeticException cause = assertInstanceOf(ArithmeticException.class, failure.getCause());
            assertEquals("/ by zero", cause.getMessage());
            assertTrue(
                    failure.getMessage().startsWith("java.lang.ArithmeticException: / by zero"), failure.getMessage());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void cancelledJobLeavesTheExecutorsUsable() throws InterruptedException {
        try (KindlingContext kindling = cluster("local-cluster[1,1,64]")) {
            List<Throwable> thrown = new ArrayList<>();
            Thread program = new Thread(() -> {
                try {
                    kindling.parallelize(List.of(1), 1)
                            .map(n -> {
                                Thread.sleep(60_000);
                                return n;
                            })
                            .collect();
                } catch (KindlingException e) {
                    thrown.add(e);
                }
            });
            program.start();
            Thread.sleep(1_500);
            program.interrupt();
            program.join(30_000);

            assertEquals(
                    ErrorCode.CANCELLED,
                    assertInstanceOf(KindlingException.class, thrown.get(0)).code());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void contextThatIsClosedWhileAJobRunsEndsTheJobAndLeavesNothing() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        KindlingContext kindling = cluster("local-cluster[2,1,64]");
        Thread program = new Thread(() -> {
            try {
                kindling.range(0, 10, 1, 10)
                        .map(n -> {
                            Thread.sleep(10_000);
                            return n;
                        })
                        .collect();
            } catch (KindlingException e) {
                thrown.add(e);
            }
        });
        program.start();
        Thread.sleep(1_500);
        kindling.close();
        program.join(60_000);

        assertEquals(
                ErrorCode.CLOSED,
                assertInstanceOf(KindlingException.class, thrown.get(0)).code());
    }
}
