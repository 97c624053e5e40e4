package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.ObjectStore;
import dev.kindling.util.NearestNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Files of this machine. A directory stands for the files in it, not for those below; a glob for the files and
 * directories it matches. A name that exists literally is never taken for a glob. Names beginning with {@code _} or
 * {@code .} are left out unless the path names them. A file's version is its modification time and size.
 */
public final class LocalObjectStore implements ObjectStore {
    // For the hint in an error: a directory of millions must not delay it.
    private static final int MAX_NAMES_COMPARED = 1_000;

    @Override
    public List<String> schemes() {
        return List.of("file");
    }

    @Override
    public List<StoredFile> list(String path) throws IOException {
        Path literal = existing(path);
        List<Path> roots = literal != null ? List.of(literal) : Glob.matches(LocalPaths.withoutScheme(path));
        if (roots.isEmpty()) {
            throw notFound(path);
        }
        List<StoredFile> files = new ArrayList<>();
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                addFilesOf(root, files);
            } else {
                files.add(describe(root));
            }
        }
        return files;
    }

    @Override
    public InputStream open(String path, long offset, String version) throws IOException {
        Path file = LocalPaths.parse(path);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new KindlingException(ErrorCode.INPUT_NOT_FOUND, path + " does not exist any more", e);
        }
        try {
            if (!version.isEmpty()) {
                checkVersion(path, version, versionOf(Files.readAttributes(file, BasicFileAttributes.class)));
            }
            channel.position(offset);
            return new LocalInput(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void checkVersion(String path, String planned, String found) {
        if (!planned.equals(found)) {
            throw new KindlingException(
                    ErrorCode.INPUT_CHANGED,
                    path + " changed after the job was planned: its time and size were " + planned + ", now " + found
                            + ". Run the job again when nobody writes to it");
        }
    }

    private static Path existing(String path) {
        if (LocalPaths.withoutScheme(path).isEmpty()) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "an input path is empty");
        }
        Path file = LocalPaths.parse(path);
        return Files.exists(file) ? file : null;
    }

    private static void addFilesOf(Path directory, List<StoredFile> files) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            for (Path child : found) {
                if (!isHidden(child)) {
                    children.add(child);
                }
            }
        }
        Collections.sort(children);
        for (Path child : children) {
            if (Files.isDirectory(child)) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        "directories are not read with what is below them, and " + LocalPaths.format(directory)
                                + " holds the directory " + child.getFileName() + "; read "
                                + LocalPaths.format(directory) + "/*/* or name what is wanted");
            }
            files.add(describe(child));
        }
    }

    static boolean isHidden(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("_") || name.startsWith(".");
    }

    private static StoredFile describe(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new StoredFile(LocalPaths.format(file), attributes.size(), versionOf(attributes), List.of());
    }

    private static String versionOf(BasicFileAttributes attributes) {
        return attributes.lastModifiedTime() + "/" + attributes.size();
    }

    private static KindlingException notFound(String path) {
        return new KindlingException(ErrorCode.INPUT_NOT_FOUND, "input " + path + " " + whyNotFound(path));
    }

    private static String whyNotFound(String path) {
        if (Glob.isSpecial(path)) {
            return "matches no file";
        }
        Path file = LocalPaths.parse(path);
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return "does not exist: there is no directory " + directory;
        }
        List<String> nearest = NearestNames.of(file.getFileName().toString(), someNamesIn(directory), 1);
        return "does not exist" + (nearest.isEmpty() ? ": " + directory + " is empty" : "; there is " + nearest.get(0));
    }

    private static List<String> someNamesIn(Path directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (names.size() < MAX_NAMES_COMPARED) {
                    names.add(child.getFileName().toString());
                }
            }
        } catch (IOException e) {
            // Only the hint is lost.
        }
        return names;
    }
}
