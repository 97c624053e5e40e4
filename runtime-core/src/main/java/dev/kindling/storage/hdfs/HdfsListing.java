package dev.kindling.storage.hdfs;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Glob;
import dev.kindling.storage.Inputs;
import dev.kindling.storage.ObjectStore.Block;
import dev.kindling.storage.ObjectStore.StoredFile;
import dev.kindling.util.NearestNames;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** What a path of HDFS stands for. Used by one thread. */
final class HdfsListing {
    // For the hint in an error: a directory of millions must not delay it.
    private static final int MAX_NAMES_COMPARED = 1_000;

    private final HdfsClient client;
    private final DistributedFileSystem files;

    /** A file, or a directory and what it stands for, in order. */
    private record Entry(LocatedFileStatus status, List<Entry> children) {
        Entry(LocatedFileStatus status) {
            this(status, new ArrayList<>());
        }
    }

    HdfsListing(HdfsClient client) {
        this.client = client;
        this.files = client.files();
    }

    /** Directories of one depth are listed several at a time. */
    List<StoredFile> list(String path, boolean isRecursive) throws IOException {
        try {
            List<Entry> roots = rootsOf(path).stream().map(Entry::new).toList();
            List<Entry> directories = directoriesOf(roots);
            while (!directories.isEmpty()) {
                List<List<LocatedFileStatus>> children = client.threads()
                        .each(
                                directories,
                                directory -> childrenOf(directory.status().getPath(), isRecursive));
                List<Entry> below = new ArrayList<>();
                for (int i = 0; i < directories.size(); i++) {
                    List<Entry> entries = directories.get(i).children();
                    children.get(i).forEach(child -> entries.add(new Entry(child)));
                    below.addAll(directoriesOf(entries));
                }
                directories = below;
            }
            List<StoredFile> found = new ArrayList<>();
            addFilesOf(roots, found);
            return found;
        } catch (IOException e) {
            throw HdfsErrors.ofInput(path, e);
        }
    }

    private static List<Entry> directoriesOf(List<Entry> entries) {
        return entries.stream().filter(entry -> entry.status().isDirectory()).toList();
    }

    private void addFilesOf(List<Entry> entries, List<StoredFile> found) throws IOException {
        for (Entry entry : entries) {
            if (entry.status().isFile()) {
                found.add(describe(entry.status()));
            }
            addFilesOf(entry.children(), found);
        }
    }

    /** A name that exists literally is never taken for a glob. */
    private List<LocatedFileStatus> rootsOf(String path) throws IOException {
        Optional<LocatedFileStatus> literal = look(client.parse(path));
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        List<LocatedFileStatus> roots = new ArrayList<>();
        if (Glob.isSpecial(HdfsPaths.nameOf(path))) {
            client.threads()
                    .each(Glob.matches(HdfsPaths.nameOf(path), new Tree()), this::look)
                    .forEach(match -> match.ifPresent(roots::add));
        }
        if (roots.isEmpty()) {
            throw new KindlingException(ErrorCode.INPUT_NOT_FOUND, "input " + path + " " + whyNotFound(path));
        }
        return roots;
    }

    /** With its blocks, if it is a file. */
    private Optional<LocatedFileStatus> look(Path path) throws IOException {
        RemoteIterator<LocatedFileStatus> one;
        try {
            if (files.getFileStatus(path).isDirectory()) {
                return Optional.of(new LocatedFileStatus(files.getFileStatus(path), null));
            }
            one = files.listLocatedStatus(path);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
        return one.hasNext() ? Optional.of(one.next()) : Optional.empty();
    }

    /** By their names. */
    private List<LocatedFileStatus> childrenOf(Path directory, boolean isRecursive) throws IOException {
        SortedMap<String, LocatedFileStatus> children = new TreeMap<>();
        RemoteIterator<LocatedFileStatus> listed = files.listLocatedStatus(directory);
        while (listed.hasNext()) {
            LocatedFileStatus child = listed.next();
            String name = child.getPath().getName();
            if (!Glob.isHidden(name)) {
                if (child.isDirectory() && !isRecursive) {
                    throw Inputs.directoryIn(client.format(directory), name);
                }
                children.put(name, child);
            }
        }
        return List.copyOf(children.values());
    }

    private StoredFile describe(LocatedFileStatus file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (BlockLocation location : file.getBlockLocations()) {
            // Executors know a host by its name or by its address, as their cluster has it.
            Set<String> hosts = new LinkedHashSet<>(List.of(location.getHosts()));
            for (String addressAndPort : location.getNames()) {
                hosts.add(addressAndPort.substring(0, addressAndPort.lastIndexOf(':')));
            }
            blocks.add(new Block(location.getOffset(), location.getLength(), List.copyOf(hosts)));
        }
        return new StoredFile(
                client.format(file.getPath()), file.getLen(), HdfsClient.versionOf((HdfsFileStatus) file), blocks);
    }

    /** The directories of the file system, for patterns; all of them are absolute. */
    private final class Tree implements Glob.Tree<Path> {
        @Override
        public Path root(boolean isAbsolute) {
            return client.parse(HdfsLibrary.SCHEME + ":/");
        }

        @Override
        public Optional<Path> child(Path directory, String name) throws IOException {
            Path child = new Path(directory, new Path(null, null, name));
            return files.exists(child) ? Optional.of(child) : Optional.empty();
        }

        @Override
        public SortedMap<String, Path> children(Path directory) throws IOException {
            SortedMap<String, Path> children = new TreeMap<>();
            if (files.getFileStatus(directory).isDirectory()) {
                RemoteIterator<org.apache.hadoop.fs.FileStatus> listed = files.listStatusIterator(directory);
                while (listed.hasNext()) {
                    Path child = listed.next().getPath();
                    children.put(child.getName(), child);
                }
            }
            return children;
        }

        @Override
        public List<SortedMap<String, Path>> childrenOfEach(List<Path> directories, String start) throws IOException {
            return client.threads().each(directories, this::children);
        }
    }

    private String whyNotFound(String path) throws IOException {
        if (Glob.isSpecial(path)) {
            return "matches no file";
        }
        Path file = client.parse(path);
        Path directory = file.getParent();
        if (directory == null || !files.exists(directory)) {
            return "does not exist: there is no directory " + (directory == null ? "/" : directory);
        }
        List<String> names = new ArrayList<>();
        RemoteIterator<org.apache.hadoop.fs.FileStatus> listed = files.listStatusIterator(directory);
        while (listed.hasNext() && names.size() < MAX_NAMES_COMPARED) {
            names.add(listed.next().getPath().getName());
        }
        List<String> nearest = NearestNames.of(file.getName(), names, 1);
        return "does not exist" + (nearest.isEmpty() ? ": " + directory + " is empty" : "; there is " + nearest.get(0));
    }
}
