package dev.kindling.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The process that wrote a claim, and whether it lives: only its own machine can tell. */
public final class ClaimOwner {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path PROCESS_SPACE = Path.of("/proc/self/ns/pid");

    private ClaimOwner() {}

    public static Map<String, Object> thisProcess() {
        return Map.of(
                "machine", machine(),
                "process", ProcessHandle.current().pid(),
                "started", startOf(ProcessHandle.current()));
    }

    public static boolean isOfThisMachine(Map<?, ?> owner) {
        return machine().equals(owner.get("machine"));
    }

    /** For an owner of this machine. A claim of this very process that it no longer knows of is nobody's. */
    public static boolean isAlive(Map<?, ?> owner) {
        if (!(owner.get("process") instanceof Long pid)
                || pid == ProcessHandle.current().pid()) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        return process.isPresent() && startOf(process.get()).equals(owner.get("started"));
    }

    /** A name that no claim before had: without a secure source of random numbers, which costs a start its time. */
    public static String newToken() {
        return Long.toHexString(new SplittableRandom().nextLong());
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    /** The same for two processes that see each other by their numbers. */
    private static String machine() {
        try {
            return Files.readString(BOOT_ID).strip() + " " + Files.readSymbolicLink(PROCESS_SPACE);
        } catch (IOException e) {
            // Not Linux.
            return hostName();
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
