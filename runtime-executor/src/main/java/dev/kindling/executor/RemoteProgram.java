package dev.kindling.executor;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.classpath.ClassSource;
import dev.kindling.classpath.NestedJars;
import dev.kindling.classpath.ProgramFile;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.rpc.BlockAbsentException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The program's jars, files and late classes as an executor process gets them from its driver: by digest, checked,
 * kept in a directory that executors of one machine share. Any thread; one fetch at a time.
 */
final class RemoteProgram implements ClassSource, TaskFiles {
    private final Fetcher driver;
    private final Path directory;
    private final String executorId;
    private final Set<String> jarsGiven = new HashSet<>();

    /** Copies what the driver publishes under a name. */
    @FunctionalInterface
    interface Fetcher {
        void fetch(String name, OutputStream target) throws IOException;
    }

    /** @param directory shared with other executors of the application on this machine */
    RemoteProgram(Fetcher driver, Path directory, String executorId) {
        this.driver = driver;
        this.directory = directory;
        this.executorId = executorId;
    }

    @Override
    public synchronized List<Path> newEntries() throws IOException {
        List<Path> entries = new ArrayList<>();
        for (ProgramFile file : list()) {
            if (file.isJar() && jarsGiven.add(file.digest())) {
                Path jar = local(file, directory.resolve("jars").resolve(file.digest() + "-" + file.name()));
                entries.addAll(NestedJars.expand(jar, directory.resolve("jars")));
            }
        }
        return entries;
    }

    @Override
    public Optional<byte[]> classFile(String className) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            driver.fetch(ProgramFile.CLASS_PREFIX + className, bytes);
            return Optional.of(bytes.toByteArray());
        } catch (BlockAbsentException e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized Path file(String name) {
        try {
            for (ProgramFile file : list()) {
                if (!file.isJar() && file.name().equals(name)) {
                    return local(file, directory().resolve(name));
                }
            }
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.INPUT_NOT_FOUND, "file " + name + " cannot be had from the driver: " + e.getMessage(), e);
        }
        throw new KindlingException(
                ErrorCode.BAD_ARGUMENT, "no file " + name + " was given; give it with --files or addFile");
    }

    @Override
    public Path directory() {
        return directory.resolve("files");
    }

    private List<ProgramFile> list() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        driver.fetch(ProgramFile.LIST, bytes);
        return ProgramFile.decode(bytes.toByteArray());
    }

    /** Fetches it unless it is there; it appears under its name only when it is whole. */
    private Path local(ProgramFile file, Path target) throws IOException {
        if (Files.exists(target)) {
            return target;
        }
        Files.createDirectories(target.getParent());
        Path part = target.resolveSibling(target.getFileName() + "." + executorId + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                driver.fetch(file.contentName(), out);
            }
            String digest = ProgramFile.digestOf(part);
            if (!digest.equals(file.digest())) {
                throw new IOException("the content of " + file.name() + " has changed since it was given");
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
