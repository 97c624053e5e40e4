package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.Sentences;
import dev.kindling.driver.journal.JournaledCore;
import dev.kindling.driver.journal.Replay;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Simulated runs full of faults leave a journal; another core, given it, decides the same at every step. */
class ReplayTest {
    private static final int SEEDS = 30;

    /** Of a journal, its last records. */
    private static final int LAST_BYTES = 600;

    /** One core of a run: what it left, and what it decided. */
    private static final class Recorded {
        private final ByteArrayOutputStream journal = new ByteArrayOutputStream();
        private final List<String> sentences = new ArrayList<>();
        private JournaledCore core;
    }

    @Test
    void everyStepOfRunsWithFaultsIsDecidedAgainAsItWas() throws IOException {
        long steps = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            for (Recorded recorded : run(seed, SimCores.driverSettings())) {
                try (Replay replay = new Replay(new ByteArrayInputStream(recorded.journal.toByteArray()))) {
                    int next = 0;
                    for (Optional<Replay.Step> step = replay.next(); step.isPresent(); step = replay.next()) {
                        for (var effect : step.get().effects()) {
                            assertEquals(recorded.sentences.get(next++), Sentences.of(effect), "seed " + seed);
                        }
                        steps++;
                    }
                    assertEquals(recorded.sentences.size(), next, "seed " + seed);
                    assertFalse(replay.standing().isEmpty());
                }
            }
        }
        assertTrue(steps > SEEDS * 50, steps + " steps");
    }

    @Test
    void anotherDecisionIsNoticedAtItsStep() throws IOException {
        // The journal says settings that are not those of the core which left it.
        Recorded recorded = run(7, DriverSettings.defaults()).get(0);

        KindlingException difference =
                assertThrows(KindlingException.class, () -> replayAll(recorded.journal.toByteArray()));

        assertTrue(
                difference.getMessage().matches("step \\d+ goes otherwise than in the journal: .*"),
                difference::getMessage);
    }

    @Test
    void aJournalThatWasCutOffIsReplayedToItsLastWholeStep() throws IOException {
        byte[] bytes = run(3, SimCores.driverSettings()).get(0).journal.toByteArray();
        long all = replayAll(bytes);

        long before = replayAll(Arrays.copyOf(bytes, bytes.length - 1));
        assertEquals(all - 1, before);
        // One record after the other goes, whichever of its bytes the cut is at.
        for (int missing = 2; missing < LAST_BYTES; missing++) {
            long whole = replayAll(Arrays.copyOf(bytes, bytes.length - missing));
            assertTrue(whole == before || whole == before - 1, missing + " bytes less: " + whole + " steps");
            before = whole;
        }
        assertTrue(before < all - 5, before + " of " + all + " steps");
    }

    @Test
    void aByteThatIsAnotherEndsAJournalBeforeItsRecord() throws IOException {
        byte[] bytes = run(3, SimCores.driverSettings()).get(0).journal.toByteArray();
        long all = replayAll(bytes);

        for (int back = 1; back < LAST_BYTES; back++) {
            byte[] changed = bytes.clone();
            changed[bytes.length - back] ^= 0x10;
            assertTrue(replayAll(changed) < all, "byte " + back + " from the end");
        }
    }

    @Test
    void aJournalThatEndsInItsHeadIsRefusedInASentence() throws IOException {
        DriverSettings settings = SimCores.driverSettings();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        new JournaledCore(new DriverCore(settings), settings, head).close();
        assertEquals(0, replayAll(head.toByteArray()));

        for (int cut = 0; cut < head.size(); cut++) {
            byte[] rest = Arrays.copyOf(head.toByteArray(), cut);
            KindlingException refusal = assertThrows(KindlingException.class, () -> replayAll(rest), "cut at " + cut);
            assertTrue(refusal.getMessage().contains("ends before its first step"), refusal::getMessage);
        }
    }

    private static long replayAll(byte[] journal) throws IOException {
        try (Replay replay = new Replay(new ByteArrayInputStream(journal))) {
            long steps = 0;
            while (replay.next().isPresent()) {
                steps++;
            }
            return steps;
        }
    }

    private static List<Recorded> run(int seed, DriverSettings told) {
        Map<DriverCore, Recorded> cores = new LinkedHashMap<>();
        // Bad or not: a bad run is what somebody wants to see again.
        Simulation.observed(SimOptions.of(seed).under(SimPolicy.PLAIN), SimCores.real(), cluster -> {
            cluster.stepping = (core, nowMs, event, effects) -> {
                Recorded recorded = cores.computeIfAbsent(core, of -> recorded(of, told));
                recorded.core.on(nowMs, event, effect -> {
                    recorded.sentences.add(Sentences.of(effect));
                    effects.add(effect);
                });
            };
        });
        cores.values().forEach(recorded -> recorded.core.close());
        return List.copyOf(cores.values());
    }

    private static Recorded recorded(DriverCore core, DriverSettings told) {
        Recorded recorded = new Recorded();
        recorded.core = new JournaledCore(core, told, recorded.journal);
        return recorded;
    }
}
