package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.ClaimOwner;
import dev.kindling.storage.OutputManifest;
import dev.kindling.util.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An application's right to write a target: the object {@code _temporary/claim-n} with the highest n. It can be made by
 * one only, since it must not exist before, and is written again as long as its owner lives. A claim is a dead
 * application's when its process is gone from this machine, or when it has not been written again for a minute, by the
 * server's clock. Then the next claim takes over: it finishes nobody's uploads, deletes the parts that the dead one's
 * manifest lists, and starts afresh. Safe for many threads.
 */
final class S3Claim {
    static final String TEMPORARY = "_temporary/";
    static final String SUCCESS = "_SUCCESS";

    private static final Logger LOG = LoggerFactory.getLogger(S3Claim.class);

    private static final String CLAIM = TEMPORARY + "claim-";
    private static final String MANIFEST = TEMPORARY + "manifest";
    private static final long RENEW_MS = 15_000;
    private static final Duration DEAD_AFTER = Duration.ofSeconds(60);
    private static final int ALL = Integer.MAX_VALUE;

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
    private final S3Path path;
    private final String content;
    private ScheduledExecutorService renewal;

    private S3Claim(S3Calls calls, S3Path target, int number, String content) {
        this.calls = calls;
        this.target = target;
        this.path = target.child(CLAIM + String.format(Locale.ROOT, "%08d", number));
        this.content = content;
    }

    /** The claim of this application on the target. */
    static Optional<S3Claim> heldFor(S3Calls calls, S3Path target) {
        return Optional.ofNullable(HELD.get(Target.of(calls, target))).filter(claim -> claim.calls == calls);
    }

    /** Whether anybody has a claim on the target. */
    static boolean exists(S3Calls calls, S3Path target) throws IOException {
        return !S3Objects.list(calls, target.child(CLAIM), 1).isEmpty();
    }

    // ---- acquire --------------------------------------------------------------------------------------------------

    /** Refuses a target that holds anything but what a dead application left. */
    static void acquire(S3Calls calls, S3Path target, String applicationId) throws IOException {
        if (target.key().isEmpty()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "cannot write to the whole bucket " + target + "; name a directory in it");
        }
        refuseObject(calls, target);
        List<S3Object> found = S3Objects.list(calls, target.child(""), ALL);
        int last = 0;
        for (S3Object object : found) {
            if (object.key().startsWith(target.child(CLAIM).key())) {
                refuseLiving(calls, target, object);
                last = numberOf(object);
            }
        }
        boolean isOfOurs = last > 0;
        SortedSet<String> remains = isOfOurs ? listedParts(calls, target) : new TreeSet<>();
        refuseForeign(target, found, remains);
        S3Claim claim = new S3Claim(calls, target, last + 1, describe(applicationId));
        if (HELD.containsKey(Target.of(calls, target)) || !S3Objects.putNew(calls, claim.path, claim.content)) {
            throw exists(target, "was claimed by another application just now");
        }
        HELD.put(Target.of(calls, target), claim);
        try {
            claim.takeOver(remains, isOfOurs);
        } catch (IOException | RuntimeException e) {
            claim.giveUp();
            throw e;
        }
        claim.keepAlive();
    }

    /** What was found before may have changed until the claim stood. */
    private void takeOver(SortedSet<String> remains, boolean isOfOurs) throws IOException {
        List<S3Object> found = S3Objects.list(calls, target.child(""), ALL);
        refuseForeign(target, found, remains);
        if (isOfOurs) {
            UploadName.abortAll(calls, target);
            // The manifest goes after the parts it lists, or they would be strangers.
            S3Objects.delete(calls, remains.stream().map(target::child).toList());
            S3Objects.delete(calls, List.of(target.child(MANIFEST)));
            List<S3Path> older = found.stream()
                    .filter(object ->
                            object.key().startsWith(target.child(CLAIM).key()))
                    .map(object -> target.withKey(object.key()))
                    .filter(claim -> claim.key().compareTo(path.key()) < 0)
                    .toList();
            S3Objects.delete(calls, older);
            LOG.info("{} held what a dead application left; it is removed", target);
        }
    }

    private static void refuseObject(S3Calls calls, S3Path target) throws IOException {
        List<S3Object> first = S3Objects.list(calls, target, 1);
        if (!first.isEmpty() && first.get(0).key().equals(target.key())) {
            throw exists(target, "is an object");
        }
    }

    private static void refuseForeign(S3Path target, List<S3Object> found, SortedSet<String> remains) {
        int prefix = target.directoryPrefix().length();
        List<String> strangers = new ArrayList<>();
        for (S3Object object : found) {
            String name = object.key().substring(prefix);
            if (name.equals(SUCCESS)) {
                throw exists(target, "holds the output of an earlier job");
            }
            if (!name.isEmpty() && !name.startsWith(CLAIM) && !name.equals(MANIFEST) && !remains.contains(name)) {
                strangers.add(name);
            }
        }
        if (!strangers.isEmpty()) {
            throw exists(
                    target,
                    "is not empty: it holds " + strangers.get(0)
                            + (strangers.size() > 1 ? " and " + (strangers.size() - 1) + " more" : ""));
        }
    }

    static KindlingException exists(S3Path target, String why) {
        return new KindlingException(
                ErrorCode.OUTPUT_EXISTS,
                "output " + target + " " + why + "; name a directory that does not exist, or empty it first");
    }

    private static SortedSet<String> listedParts(S3Calls calls, S3Path target) throws IOException {
        return OutputManifest.partNames(
                S3Objects.read(calls, target.child(MANIFEST)).orElse("{}"));
    }

    private static int numberOf(S3Object claim) {
        String digits = claim.key().substring(claim.key().lastIndexOf('-') + 1);
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
    }

    // ---- life -----------------------------------------------------------------------------------------------------

    private static void refuseLiving(S3Calls calls, S3Path target, S3Object object) throws IOException {
        if (HELD.containsKey(Target.of(calls, target))) {
            throw exists(target, "is being written by another job of this process");
        }
        S3Objects.Dated claim = S3Objects.readDated(calls, target.withKey(object.key()));
        Map<?, ?> owner = parse(claim.text());
        String who = "application " + owner.get("application") + ", process " + owner.get("process");
        if (ClaimOwner.isOfThisMachine(owner)) {
            if (ClaimOwner.isAlive(owner)) {
                throw exists(target, "is being written by " + who + " of this machine");
            }
            return;
        }
        Duration silent = Duration.between(claim.writtenAt(), claim.readAt());
        if (silent.compareTo(DEAD_AFTER) < 0) {
            throw exists(
                    target,
                    "is being written by " + who + " of another machine, or was until " + silent.toSeconds()
                            + " s ago; if that is dead, try again in "
                            + DEAD_AFTER.minus(silent).toSeconds() + " s");
        }
    }

    /** Whether a living application writes the target. */
    static boolean isAlive(S3Calls calls, S3Path target) throws IOException {
        for (S3Object claim : S3Objects.list(calls, target.child(CLAIM), ALL)) {
            try {
                refuseLiving(calls, target, claim);
            } catch (KindlingException e) {
                return true;
            }
        }
        return false;
    }

    private static Map<?, ?> parse(String text) {
        try {
            return Json.parse(text) instanceof Map<?, ?> claim ? claim : Map.of();
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    private static String describe(String applicationId) {
        Map<String, Object> claim = new TreeMap<>(ClaimOwner.thisProcess());
        claim.put("application", applicationId);
        return Json.write(claim) + "\n";
    }

    private synchronized void keepAlive() {
        renewal = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "s3-claim");
            thread.setDaemon(true);
            return thread;
        });
        renewal.scheduleWithFixedDelay(this::renew, RENEW_MS, RENEW_MS, TimeUnit.MILLISECONDS);
    }

    private void renew() {
        try {
            S3Objects.put(calls, path, content);
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot show that {} is still being written: {}", target, e.getMessage());
        }
    }

    // ---- end ------------------------------------------------------------------------------------------------------

    S3Path manifest() {
        return target.child(MANIFEST);
    }

    /** Whether nobody has taken the target over. */
    boolean isLast() throws IOException {
        List<S3Object> claims = S3Objects.list(calls, target.child(CLAIM), ALL);
        return !claims.isEmpty() && claims.get(claims.size() - 1).key().equals(path.key());
    }

    private void giveUp() throws IOException {
        stop();
        S3Objects.delete(calls, List.of(path));
    }

    /** Gives the claim up and removes it, and then what attempts left that began before. */
    void release() throws IOException {
        S3Objects.delete(calls, List.of(manifest()));
        giveUp();
        UploadName.abortAll(calls, target);
    }

    /** Writes nothing from now on, as when the process had ended. */
    private synchronized void stop() {
        HELD.remove(Target.of(calls, target), this);
        if (renewal != null) {
            renewal.shutdownNow();
        }
    }

    /** What the end of the application does. */
    static void forgetAll(S3Calls calls) {
        List.copyOf(HELD.values()).stream()
                .filter(claim -> claim.calls == calls)
                .forEach(S3Claim::stop);
    }
}
