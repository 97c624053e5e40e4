package dev.kindling.storage.s3;

import dev.kindling.storage.ClaimOwner;
import dev.kindling.util.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claim that an application of this process holds: its object is written again as long as its owner lives. A claim is a
 * dead application's when its process is gone from this machine, or when it has not been written again for a minute, by
 * the server's clock. Safe for many threads.
 */
final class S3Claim {
    private static final Logger LOG = LoggerFactory.getLogger(S3Claim.class);

    private static final long RENEW_MS = 15_000;
    private static final Duration DEAD_AFTER = Duration.ofSeconds(60);

    /** Of this process, by all its applications: of its own claims only these are alive. */
    private static final ConcurrentMap<Target, S3Claim> HELD = new ConcurrentHashMap<>();

    /** A target by whatever scheme it is named. */
    private record Target(String server, String bucket, String key) {
        static Target of(S3Calls calls, S3Path path) {
            return new Target(calls.server(), path.bucket(), path.key());
        }
    }

    private final S3Calls calls;
    private final S3Path target;
    private final String name;
    private final String text;
    private final ScheduledExecutorService renewal;

    private S3Claim(S3Calls calls, S3Path target, String name, String text) {
        this.calls = calls;
        this.target = target;
        this.name = name;
        this.text = text;
        this.renewal = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "s3-claim");
            thread.setDaemon(true);
            return thread;
        });
    }

    static String textOf(String applicationId) {
        Map<String, Object> claim = new TreeMap<>(ClaimOwner.thisProcess());
        claim.put("application", applicationId);
        claim.put("token", ClaimOwner.newToken());
        return Json.write(claim) + "\n";
    }

    static void hold(S3Calls calls, S3Path target, String name, String text) {
        S3Claim claim = new S3Claim(calls, target, name, text);
        HELD.put(Target.of(calls, target), claim);
        claim.renewal.scheduleWithFixedDelay(claim::renew, RENEW_MS, RENEW_MS, TimeUnit.MILLISECONDS);
    }

    /** The claim of this application on the target. */
    static Optional<S3Claim> heldFor(S3Calls calls, S3Path target) {
        return Optional.ofNullable(HELD.get(Target.of(calls, target))).filter(claim -> claim.calls == calls);
    }

    String name() {
        return name;
    }

    private void renew() {
        try {
            S3Objects.put(calls, target.child(name), text);
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot show that {} is still being written: {}", target, e.getMessage());
        }
    }

    /** Writes nothing from now on, as when the process had ended. */
    void stop() {
        HELD.remove(Target.of(calls, target), this);
        renewal.shutdownNow();
    }

    /** What the end of the application does. */
    static void forgetAll(S3Calls calls) {
        List.copyOf(HELD.values()).stream()
                .filter(claim -> claim.calls == calls)
                .forEach(S3Claim::stop);
    }

    // ---- of anybody -----------------------------------------------------------------------------------------------

    /** Who lives and writes the target by this claim, for people. */
    static Optional<String> livingWriter(S3Calls calls, S3Path target, S3Path path) throws IOException {
        if (HELD.containsKey(Target.of(calls, target))) {
            return Optional.of("another job of this process");
        }
        S3Objects.Dated claim = S3Objects.readDated(calls, path);
        Map<?, ?> owner = parse(claim.text());
        String who = "application " + owner.get("application") + ", process " + owner.get("process");
        if (ClaimOwner.isOfThisMachine(owner)) {
            return ClaimOwner.isAlive(owner) ? Optional.of(who + " of this machine") : Optional.empty();
        }
        Duration silent = Duration.between(claim.writtenAt(), claim.readAt());
        return silent.compareTo(DEAD_AFTER) >= 0
                ? Optional.empty()
                : Optional.of(who + " of another machine, or was until " + silent.toSeconds()
                        + " s ago; if that is dead, try again in "
                        + DEAD_AFTER.minus(silent).toSeconds() + " s");
    }

    private static Map<?, ?> parse(String text) {
        try {
            return Json.parse(text) instanceof Map<?, ?> claim ? claim : Map.of();
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }
}
