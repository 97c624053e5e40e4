package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.apache.hadoop.yarn.api.records.Resource;
import org.junit.jupiter.api.Test;

/** What the doctor thinks of figures; that it gets them from a cluster is shown on one. */
class YarnDoctorTest {
    private static final Resource MOST = Resource.newInstance(8192, 4);

    @Test
    void containerMustFitTheClustersLimitAndTheLargestNode() {
        assertEquals("", YarnDoctor.problemOf(4096, 4, MOST, 4096, "--x"));
        assertTrue(YarnDoctor.problemOf(4097, 1, MOST, 4096, "--x").contains("4096 MiB of the largest node"));
        assertTrue(
                YarnDoctor.problemOf(8193, 1, MOST, 9000, "--x").contains("the 8192 MiB and 4 cores that the cluster"));
        assertTrue(YarnDoctor.problemOf(1, 5, MOST, 9000, "--x").contains("ask for less (--x)"));
    }

    @Test
    void clocksMayDifferByAMinute() {
        assertEquals("", YarnDoctor.problemOfClock(60_000));
        assertTrue(YarnDoctor.problemOfClock(61_000).startsWith("61 s ahead of this machine's"));
        assertTrue(YarnDoctor.problemOfClock(-300_000).startsWith("300 s behind this machine's"));
    }

    @Test
    void nodesOfOldJavaAreKnownByEitherWayOfNumberingIt() {
        assertTrue(new NodeProbe(OptionalLong.empty(), "1.8").isJavaTooOld());
        assertTrue(new NodeProbe(OptionalLong.empty(), "11").isJavaTooOld());
        assertFalse(new NodeProbe(OptionalLong.empty(), "17").isJavaTooOld());
        assertFalse(new NodeProbe(OptionalLong.empty(), "").isJavaTooOld());
    }
}
