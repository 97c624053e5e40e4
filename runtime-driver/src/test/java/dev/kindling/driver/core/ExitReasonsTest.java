package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import dev.kindling.config.MemoryMap;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExitReasonsTest {
    private static final MemoryMap HEAP = MemoryMap.ofProcess(64 << 20, 2);
    private static final String HEAP_OUTPUT = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

    private static ExitReason of(int code, String output) {
        return ExitReasons.ofProcess(code, HEAP, output);
    }

    private static void is(Kind kind, String words, ExitReason reason) {
        assertEquals(kind, reason.kind(), reason.toString());
        assertTrue(reason.toString().contains(words), reason.toString());
    }

    @Test
    void codesOfTheJvmAndOfSignalsAreExplained() {
        is(Kind.HEAP_EXHAUSTED, "exit code 3: its heap of 64 MiB was full; raise the memory", of(3, ""));
        is(Kind.HEAP_EXHAUSTED, "its heap of 64 MiB was full", of(3, HEAP_OUTPUT));
        is(Kind.CRASHED, "metaspace", of(3, "Terminating due to java.lang.OutOfMemoryError: Metaspace"));
        is(Kind.KILLED, "exit code 137 (SIGKILL): killed from outside", of(137, ""));
        is(Kind.KILLED, "exit code 143 (SIGTERM)", of(143, ""));
        is(Kind.CRASHED, "exit code 139 (SIGSEGV)", of(139, ""));
        is(Kind.CRASHED, "exit code 134 (SIGABRT)", of(134, ""));
        is(Kind.KILLED, "ended by signal 127", of(255, ""));
        assertEquals(OptionalInt.of(255), of(255, "").exitCode());
    }

    @Test
    void endForWantOfMemorySaysHowTheMemoryWasDivided() {
        String full = of(3, HEAP_OUTPUT).toString();
        String overLimit =
                ExitReasons.overMemoryLimit(137, OptionalLong.empty(), HEAP).toString();

        assertTrue(full.contains("of the heap of 64 MiB, 22 MiB are counted pages"), full);
        assertTrue(overLimit.contains("up to 448 MiB and the stacks for this one, 64 MiB of it heap"), overLimit);
        assertFalse(of(137, "").toString().contains("counted pages"), "nothing says that memory was the reason");
    }

    @Test
    void exitOfATaskIsToldFromTheExecutorsOwnEnd() {
        String own = "x\nexecutor ends with exit code 5: attempt s0p0#0 ignored its cancellation\n";

        is(Kind.CRASHED, "exit code 5: a task called System.exit(5)", of(5, "hello"));
        is(Kind.CRASHED, "exit code 0: a task called System.exit(0)", of(0, ""));
        is(Kind.CRASHED, "a task called System.exit(3)", of(3, "a line that says nothing of memory"));
        is(Kind.FINISHED, "it ended itself: attempt s0p0#0 ignored its cancellation", of(5, own));
        is(Kind.CRASHED, "a task called System.exit(7)", of(7, own));
    }

    @Test
    void memoryOutsideTheHeapHasAnAdviceOfItsOwn() {
        ExitReason reason = of(
                1,
                "executor ends with exit code 1: attempt s0p0#0 ran out of memory: java.lang.OutOfMemoryError: unable"
                        + " to create native thread");

        is(Kind.CRASHED, "attempt s0p0#0 ran out of memory", reason);
        assertTrue(reason.advice().contains("MaxDirectMemorySize"), reason.advice());
        assertFalse(reason.toString().contains("its heap of"), reason.toString());
    }

    @Test
    void processThatCouldNotStartSaysSo() {
        is(
                Kind.CRASHED,
                "exit code 1: its Java virtual machine could not start; look at kindling.executor.javaOptions",
                of(1, "Unrecognized VM option 'X'\nError: Could not create the Java Virtual Machine."));
        is(
                Kind.CRASHED,
                "it could not start, or a task called System.exit(1); its last output says more",
                of(1, "what"));
    }

    @Test
    void limitOfTheContainerIsNamed() {
        is(
                Kind.KILLED_OVER_MEMORY_LIMIT,
                "because the memory limit of its container, 2 GiB, was reached; heap, direct memory",
                ExitReasons.overMemoryLimit(137, OptionalLong.of(2L << 30), HEAP));
        is(
                Kind.KILLED_OVER_MEMORY_LIMIT,
                "the memory limit of its container was reached",
                ExitReasons.overMemoryLimit(137, OptionalLong.empty(), HEAP));
    }

    @Test
    void lossesThatAreAlikeAreToldOnce() {
        Losses losses = new Losses();
        losses.record("e1", of(3, ""));
        losses.record("e2", of(137, ""));
        losses.record("e3", of(3, "Terminating due to java.lang.OutOfMemoryError: Java heap space"));

        String told = losses.describe();

        assertTrue(told.startsWith("e1, e3: exit code 3: its heap of 64 MiB was full; "), told);
        assertTrue(told.contains("; e2: exit code 137 (SIGKILL)"), told);
        assertTrue(told.endsWith("Its last output was:\n    " + HEAP_OUTPUT), told);
    }

    @Test
    void reasonIsOneLineAndTheOutputFollowsBelowIt() {
        ExitReason reason = ExitReasons.withMemory(of(137, "first\nsecond"), 100 << 20, 30 << 20);

        assertEquals(
                "exit code 137 (SIGKILL): killed from outside, by somebody or by the operating system because the machine"
                        + " or its container ran out of memory (at its last heartbeat 30 MiB of its heap were in use and"
                        + " 100 MiB of memory altogether); " + reason.advice(),
                ExitReasons.sentence(reason));
        assertFalse(ExitReasons.happened(reason).contains("heartbeat"), reason.toString());
        assertEquals("\nIts last output was:\n    first\n    second", ExitReasons.output(reason));
        assertEquals(ExitReasons.sentence(reason) + ExitReasons.output(reason), reason.toString());
        assertEquals(30 << 20, reason.lastHeapBytes());
        assertEquals(100 << 20, reason.lastRssBytes());
    }
}
