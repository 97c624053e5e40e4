package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.HotKey;
import dev.kindling.protocol.TaskResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a reduce partition is reported as too large, and with which keys. */
class SkewTest {
    private static final long MIB = 1 << 20;

    private static Optional<Event.SkewFound> find(long... mebibytes) {
        long[] bytes = new long[mebibytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = mebibytes[i] * MIB;
        }
        List<HotKey> keys = List.of(
                new HotKey("b", 2, 10), new HotKey("a", 2, 7), new HotKey("a", 2, 8), new HotKey("elsewhere", 1, 99));
        return Skew.find(SkewSettings.defaults(), Instant.EPOCH, 4, bytes, keys);
    }

    @Test
    void partitionFarAboveTheMedianIsReportedWithItsKeysHeaviestFirst() {
        Event.SkewFound found = find(10, 12, 200, 11).orElseThrow();

        assertEquals(2, found.partition());
        assertEquals(200 * MIB, found.bytes());
        assertEquals(11 * MIB, found.medianBytes());
        assertEquals(List.of("a", "b"), found.hotKeys());
    }

    @Test
    void partitionsThatAreSmallOrAlikeAreNot() {
        assertEquals(Optional.empty(), find(1, 1, 60, 1));
        assertEquals(Optional.empty(), find(100, 110, 400, 100));
        assertEquals(Optional.empty(), find(900));
    }

    private static TaskResult written(long first, long second) {
        return new TaskResult.MapWritten(
                0, new long[] {first * MIB, second * MIB, MIB}, 1, 1, List.of(new HotKey("secret", 1, 5)));
    }

    @Test
    void isReportedOnceWhenTheLastMapOutputIsThereAndNeverWithTheKeysInTheTranscript() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(2, 3);
        String first = driver.placeOf("s0p0#0");
        driver.finishes("s0p0#0", written(1, 90)).neverSays("partition 1 of what stage 0 wrote");

        driver.finishes("s0p1#0", written(1, 90));
        driver.says("partition 1 of what stage 0 wrote has").forgetEffects();
        driver.loses(first);
        driver.finishAll(0);

        driver.neverSays("of what stage 0 wrote");
        assertFalse(driver.transcript().contains("secret"));
    }

    /** A dropped output is not counted twice when it is rebuilt. */
    @Test
    void bytesOfARebuiltOutputCountOnce() {
        MapOutputs.Shuffle shuffle = new MapOutputs()
                .declare(DriverScript.job(1)
                        .mapStage(0, 1, 3)
                        .resultStage(1, 3, 0)
                        .build()
                        .stages()
                        .get(0));

        shuffle.put(DriverScript.id("s0p0#0"), 0, (TaskResult.MapWritten) written(8, 8));
        long[] once = shuffle.partitionBytes();
        shuffle.drop(0);
        assertEquals(0, shuffle.partitionBytes()[0]);
        assertEquals(List.of(), shuffle.hotKeys());
        shuffle.put(DriverScript.id("s0p0#1"), 0, (TaskResult.MapWritten) written(8, 8));
        shuffle.put(DriverScript.id("s0p0#2"), 0, (TaskResult.MapWritten) written(8, 8));

        assertEquals(once[0], shuffle.partitionBytes()[0]);
    }
}
