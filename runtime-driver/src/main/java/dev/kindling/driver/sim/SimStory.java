package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.Sentences;
import dev.kindling.event.AppStory;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.SimWorld;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The story of a simulated run, as an application's is told, in virtual time: its events, what else the driver decides,
 * the faults that strike, and what happens to the nodes. Faults that strike between two other lines are one line a kind.
 */
final class SimStory {
    private final AppStory story = AppStory.begin();
    /** Those that have struck since the last line. */
    private final Map<FaultKind, Strikes> strikes = new LinkedHashMap<>();

    private SimWorld world;

    private record Strikes(long firstMs, int count) {}

    /** Only listens: the run stays the same, event by event. */
    void follow(SimCluster cluster) {
        world = cluster.world;
        cluster.faults.tellStrikes(this::struck);
        cluster.world.tellHappenings((who, what) -> say(who + " " + (who.equals("oracle") ? "objects: " : "") + what));
        cluster.decisions = this::decided;
    }

    List<String> end() {
        tellStrikes();
        return story.end();
    }

    private void struck(FaultKind kind) {
        Strikes before = strikes.getOrDefault(kind, new Strikes(world.nowMs(), 0));
        strikes.put(kind, new Strikes(before.firstMs, before.count + 1));
    }

    private void decided(DriverEffect effect) {
        if (effect instanceof DriverEffect.Emit emit) {
            if (isTold(emit.event())) {
                tellStrikes();
            }
            story.hear(world.nowMs(), emit.event());
        } else if (isDecision(effect)) {
            say("driver decides: " + Sentences.of(effect));
        }
    }

    /** Attempts that simply run have no line. */
    private static boolean isTold(Event event) {
        return !(event instanceof Event.TaskStart)
                && !(event instanceof Event.TaskEnd end && end.outcome() instanceof Outcome.Success);
    }

    /** What no event tells of, single results and messages left out. */
    private static boolean isDecision(DriverEffect effect) {
        return !(effect instanceof DriverEffect.Send
                || effect instanceof DriverEffect.DeliverResult
                || effect instanceof DriverEffect.MergeUpdates
                || effect instanceof DriverEffect.DiscardPart);
    }

    private void say(String sentence) {
        tellStrikes();
        story.hear(world.nowMs(), sentence);
    }

    private void tellStrikes() {
        strikes.forEach((kind, struck) -> story.hear(
                struck.firstMs,
                "fault " + kind + (struck.count == 1 ? "" : ", " + struck.count + " times") + ": " + words(kind)));
        strikes.clear();
    }

    private static String words(FaultKind kind) {
        return switch (kind) {
            case KILL -> "an executor's process ends";
            case KILL_AT_SEND -> "an executor's process ends as it says something";
            case TERMINATE -> "an executor is asked to end by a signal";
            case JOIN -> "one more executor is started";
            case PAUSE -> "an executor stands still";
            case CLOCK -> "a node's clock stands still or leaps";
            case SLOW_NODE -> "an executor is slow for a while";
            case DROP -> "a message never arrives";
            case DUPLICATE -> "a message arrives twice";
            case DELAY -> "a message takes long";
            case CLOG -> "a link carries nothing for a while";
            case CORRUPT -> "a bit of a fetched block flips";
            case ROT -> "a bit on a disk flips";
            case LOSE_FILE -> "a stored file goes, if there is one";
            case DISK_FULL -> "a disk takes nothing more for a while";
            case SCARCE_MEMORY -> "a task gets hardly any memory";
            case USER_ERROR -> "the user's function will throw in an attempt";
            case STRAGGLE -> "an attempt takes twenty times as long";
            case LAUNCH_FAILURE -> "a started process ends before it registers";
            case PUBLISH_FAILURE -> "publishing an output fails";
            case DRIVER_PAUSE -> "the driver stands still";
            case DRIVER_DEATH -> "the driver's process ends";
            case STUCK -> "a cancelled attempt ignores its interrupt";
            case FATAL_TASK -> "a task ends its process as often as it is tried";
            case HANG -> "an attempt will wait for ever";
            case EVICT -> "cached blocks have to make room";
            case DRAIN -> "an executor is to leave without loss";
            case STORE_THROTTLED -> "the store refuses requests for a while";
            case STORE_ANSWER_LOST -> "the store does what it is asked, and its answer is lost";
            case STORE_READ_FAILURE -> "the store cannot read";
            case STORE_LATE_REQUEST -> "what the driver asked the store comes late";
            case HANDSHAKE -> "a connection is refused, or its handshake hangs or takes long";
            case STALL -> "two executors do not reach each other any more";
            case INPUT_FAILURE -> "an input cannot be read for a moment";
            case INPUT_CUT -> "what a task reads of an input is cut off";
            case INPUT_CHANGED -> "somebody writes an input anew";
        };
    }
}
