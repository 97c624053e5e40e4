package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.HarmfulProxy.Harm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the way between executors can do to a job. Executors listen on {@code localhost}; once they do, they are told that
 * this name stands for 127.0.1.1, where a proxy waits for each of them. Each test has executors of its own, for one that
 * was set aside after a fault would leave the next test with nothing to fetch.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockLinkFaultsIT {
    private static final int ALL = Integer.MAX_VALUE;
    private static final long ROWS = 300_000;

    @TempDir
    Path directory;

    private final List<HarmfulProxy> links = new ArrayList<>();
    private FaultyCluster cluster;
    private Leftovers leftovers;

    /** Its map outputs are there, and half of each is on the other executor. */
    private PairRDD<Long, Long> sums;

    @BeforeEach
    void start() throws IOException {
        leftovers = new Leftovers();
        Path hosts = directory.resolve("hosts");
        Files.writeString(hosts, "127.0.0.1 localhost\n");
        cluster = new FaultyCluster(
                "local-cluster[2,1,128]",
                directory,
                "kindling.executor.bindAddress",
                "localhost",
                "kindling.executor.javaOptions",
                "-Djdk.net.hosts.file=" + hosts + ",-Dsun.net.inetaddr.ttl=0",
                // No executor reads files of another one.
                "kindling.executor.commandPrefix",
                "env",
                "kindling.fetch.timeoutMs",
                "1000");
        cluster.await(
                "both executors", () -> cluster.events(Event.BlocksServed.class).size() == 2);
        for (Event.BlocksServed served : cluster.events(Event.BlocksServed.class)) {
            links.add(new HarmfulProxy("127.0.1.1", served.port()));
        }
        Files.writeString(hosts, "127.0.1.1 localhost\n");
        sums = cluster.kindling
                .range(0, ROWS, 1, 4)
                .mapToPair(n -> Tuple2.of(n, n))
                .reduceByKey(Long::sum, 4);
        assertEquals(ROWS * (ROWS - 1) / 2, sum());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        cluster.close();
        for (HarmfulProxy link : links) {
            link.close();
        }
        leftovers.assertNone(cluster.scratch());
    }

    private long sum() {
        return sums.map(Tuple2::_2).reduce(Long::sum);
    }

    private void harm(Harm harm, int pieces) {
        cluster.forgetEvents();
        links.forEach(link -> link.harm(harm, pieces));
    }

    private void wasRightAndLostNothing() {
        assertTrue(links.stream().anyMatch(link -> link.harmedPieces() > 0));
        assertEquals(List.of(), cluster.events(Event.ExecutorRemoved.class));
        assertEquals(List.of(), cluster.failures());
        assertEquals(List.of(), cluster.events(Event.MapOutputsLost.class));
    }

    @ParameterizedTest
    @EnumSource(names = {"DELAY", "DRIP"})
    void slowWayIsWaitedFor(Harm harm) {
        harm(harm, ALL);

        assertEquals(ROWS * (ROWS - 1) / 2, sum());

        wasRightAndLostNothing();
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "RESET"})
    void blocksThatEndInTheMiddleAreFetchedAgain(Harm harm) {
        harm(harm, 1);

        assertEquals(ROWS * (ROWS - 1) / 2, sum());

        wasRightAndLostNothing();
    }

    @Test
    void connectionThatStandsStillIsGivenUpForANewOne() {
        harm(Harm.STALL, 1);

        assertEquals(ROWS * (ROWS - 1) / 2, sum());

        wasRightAndLostNothing();
    }

    @Test
    void whatLiesBehindAWayThatStandsStillIsComputedAgain() throws Exception {
        harm(Harm.STALL, ALL);
        Job<Long> job = Job.start(this::sum);
        cluster.awaitEvent(Event.MapOutputsLost.class, any -> true);

        links.forEach(HarmfulProxy::heal);

        assertEquals(ROWS * (ROWS - 1) / 2, job.result());
        assertEquals(List.of(), cluster.events(Event.ExecutorRemoved.class));
        assertTrue(cluster.failures().stream().noneMatch(FaultyCluster::isCharged));
    }
}
