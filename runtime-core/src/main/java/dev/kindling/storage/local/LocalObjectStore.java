package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Glob;
import dev.kindling.storage.Inputs;
import dev.kindling.storage.ObjectStore;
import dev.kindling.util.NearestNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of this machine. A directory stands for the files in it, and if asked for those below; a glob for the files and
 * directories it matches. A name that exists literally is never taken for a glob. Names beginning with {@code _} or
 * {@code .} are left out unless the path names them. A file's version is its modification time and size.
 */
final class LocalObjectStore implements ObjectStore {
    // For the hint in an error: a directory of millions must not delay it.
    private static final int MAX_NAMES_COMPARED = 1_000;

    @Override
    public List<StoredFile> list(String path, boolean isRecursive) throws IOException {
        if (LocalPaths.withoutScheme(path).isEmpty()) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "an input path is empty");
        }
        try {
            Path literal = LocalPaths.parse(path);
            List<Path> roots = Files.exists(literal)
                    ? List.of(literal)
                    : Glob.matches(LocalPaths.withoutScheme(path), LocalPaths.TREE);
            if (roots.isEmpty()) {
                throw notFound(path);
            }
            return filesOf(roots, isRecursive);
        } catch (AccessDeniedException e) {
            throw denied(path, e.getFile(), e);
        }
    }

    private static List<StoredFile> filesOf(List<Path> roots, boolean isRecursive) throws IOException {
        List<StoredFile> files = new ArrayList<>();
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                addFilesOf(root, isRecursive, files);
            } else {
                files.add(describe(root));
            }
        }
        return files;
    }

    private static void addFilesOf(Path directory, boolean isRecursive, List<StoredFile> files) throws IOException {
        for (Path child : LocalPaths.childrenOf(directory)) {
            String name = child.getFileName().toString();
            if (Glob.isHidden(name)) {
                continue;
            }
            if (!Files.isDirectory(child)) {
                files.add(describe(child));
            } else if (isRecursive) {
                addFilesOf(child, true, files);
            } else {
                throw Inputs.directoryIn(LocalPaths.format(directory), name);
            }
        }
    }

    private static StoredFile describe(Path file) throws IOException {
        String path = LocalPaths.format(file);
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            String why =
                    Files.isSymbolicLink(file) ? " is a link to a file that does not exist" : " was deleted just now";
            throw new KindlingException(ErrorCode.INPUT_NOT_FOUND, path + why, e);
        }
        if (!attributes.isRegularFile()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, path + " is neither a file nor a directory: it cannot be read in parts");
        }
        if (!Files.isReadable(file)) {
            throw denied(path, file.toString(), null);
        }
        return new StoredFile(path, attributes.size(), versionOf(attributes), List.of());
    }

    private static String versionOf(BasicFileAttributes attributes) {
        return attributes.lastModifiedTime() + "/" + attributes.size();
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    @Override
    public InputStream open(String path, long offset, long wanted, String version) throws IOException {
        Path file = LocalPaths.parse(path);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new KindlingException(ErrorCode.INPUT_NOT_FOUND, path + " does not exist any more", e);
        } catch (AccessDeniedException e) {
            throw denied(path, file.toString(), e);
        }
        try {
            if (version.isEmpty()) {
                return new LocalInput(channel.position(offset), () -> {});
            }
            checkVersion(path, version, file);
            return new LocalInput(channel.position(offset), () -> checkVersion(path, version, file));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void checkVersion(String path, String planned, Path file) throws IOException {
        String found =
                Files.exists(file) ? versionOf(Files.readAttributes(file, BasicFileAttributes.class)) : "it is gone";
        if (!planned.equals(found)) {
            throw new KindlingException(
                    ErrorCode.INPUT_CHANGED,
                    path + " changed after the job was planned: its time and size were " + planned + ", now " + found
                            + ". Run the job again when nobody writes to it");
        }
    }

    // ---- sentences ------------------------------------------------------------------------------------------------

    private static KindlingException denied(String path, String file, Exception cause) {
        return new KindlingException(
                ErrorCode.INPUT_NOT_FOUND, "input " + path + " cannot be read: no permission for " + file, cause);
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
        } catch (IOException | DirectoryIteratorException e) {
            // Only the hint is lost.
        }
        return names;
    }
}
