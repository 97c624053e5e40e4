package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.HarmfulProxy.Harm;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the way between a driver and its executors can do to a job: all connections to the driver go through a proxy. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DriverLinkFaultsIT {
    private static final int ALL = Integer.MAX_VALUE;
    private static final long ROWS = 40_000;

    @TempDir
    Path directory;

    private HarmfulProxy link;
    private FaultyCluster cluster;
    private Leftovers leftovers;

    @BeforeEach
    void start() throws IOException {
        leftovers = new Leftovers();
        int port = freePort();
        link = new HarmfulProxy("127.0.0.2", port);
        cluster = new FaultyCluster(
                "local-cluster[2,1,64]",
                directory,
                "kindling.driver.bindAddress",
                "127.0.0.1",
                "kindling.driver.ports",
                String.valueOf(port),
                "kindling.driver.advertisedAddress",
                "127.0.0.2",
                "kindling.executor.bindAddress",
                "127.0.0.1",
                "kindling.executor.lostAfterMs",
                "6000");
        assertEquals(ROWS * (ROWS - 1) / 2, sum());
        cluster.awaitEvent(Event.ExecutorAdded.class, added -> added.id().equals("e2"));
        cluster.forgetEvents();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        cluster.close();
        link.close();
        leftovers.assertNone(cluster.scratch());
    }

    private long sum() {
        PairRDD<Long, Long> sums = cluster.kindling
                .range(0, ROWS, 1, 8)
                .mapToPair(n -> Tuple2.of(n % 10, n))
                .reduceByKey(Long::sum, 4);
        return sums.map(Tuple2::_2).reduce(Long::sum);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELAY", "DRIP"})
    void slowWayIsWaitedFor(Harm harm) {
        link.harm(harm, ALL);

        assertEquals(ROWS * (ROWS - 1) / 2, sum());

        assertTrue(link.harmedPieces() > 8, link.harmedPieces() + " pieces");
        assertEquals(0, cluster.events(Event.ExecutorRemoved.class).size());
        assertEquals(0, cluster.failures().size());
    }

    @Test
    void standstillOfTheWayThatIsOverInTimeIsWaitedFor() throws Exception {
        link.harm(Harm.STALL, ALL);
        Job<Long> job = Job.start(this::sum);
        cluster.awaitEvent(Event.ExecutorSilent.class, any -> true);

        link.heal();

        assertEquals(ROWS * (ROWS - 1) / 2, job.result());
        assertEquals(0, cluster.events(Event.ExecutorRemoved.class).size());
        assertEquals(0, cluster.failures().size());
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "RESET"})
    void connectionThatEndsWithinAFrameCostsItsExecutorAlone(Harm harm) {
        link.harm(harm, 1);

        assertEquals(ROWS * (ROWS - 1) / 2, sum());

        assertEquals(1, link.harmedPieces());
        cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);
        assertEquals(1, cluster.events(Event.ExecutorRemoved.class).size());
        assertTrue(cluster.failures().stream().noneMatch(FaultyCluster::isCharged));
        cluster.awaitEvent(Event.ExecutorAdded.class, added -> added.id().equals("e3"));
    }

    @Test
    void wayOnWhichEveryConnectionIsResetEndsTheJobWithOneError() {
        link.harm(Harm.RESET, ALL);

        KindlingException failure = Job.start(this::sum).failure();

        assertEquals(ErrorCode.EXECUTORS_LOST, failure.code(), failure::getMessage);
        assertTrue(failure.getMessage().contains("cannot connect to 127.0.0.2:"), failure::getMessage);
    }
}
