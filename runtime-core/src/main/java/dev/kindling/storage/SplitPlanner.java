package dev.kindling.storage;

import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.ObjectStore.Block;
import dev.kindling.storage.ObjectStore.StoredFile;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.util.ByteSizes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists an input and cuts it into splits, in the order of its files, so that the partitions read one after the other
 * are the files read one after the other. Holds no state.
 *
 * <p>A named number of partitions is met exactly as far as the input can be cut: text at every byte, compressed (but .bz2) and
 * whole files only between them. It is a minimum: no split of text is larger than {@link #MAX_SPLIT_BYTES}. Neighbouring
 * small files share a split. An input of empty files is one split, a directory without files none.
 */
public final class SplitPlanner {
    /** So much text is a second or less of work, and little is lost when an attempt fails. */
    public static final long MAX_SPLIT_BYTES = 128L << 20;

    // Below this a task costs more than what it reads.
    private static final long MIN_DEFAULT_SPLIT_BYTES = 256L << 10;
    // What opening one more file is worth, in bytes read.
    private static final long OPEN_COST_BYTES = 16L << 10;

    private static final Logger LOG = LoggerFactory.getLogger(SplitPlanner.class);

    private SplitPlanner() {}

    /**
     * The splits of {@code path}: a file, directory, glob, or several of them with commas between.
     *
     * @param isRecursive whether a directory stands for the files below those in it, too
     * @param minPartitions the number the user named; less than 1 is 1
     */
    public static List<Split> plan(Stores stores, String path, boolean isRecursive, int minPartitions, Format format)
            throws IOException {
        return plan(stores, path, isRecursive, minPartitions, format, "");
    }

    /** @param delimiter between records of text; empty for ends of lines */
    public static List<Split> plan(
            Stores stores, String path, boolean isRecursive, int minPartitions, Format format, String delimiter)
            throws IOException {
        List<StoredFile> files = list(stores, path, isRecursive);
        long tooLarge = format.isWhole() ? 0 : ceilDiv(byteCount(files), MAX_SPLIT_BYTES);
        return cut(files, (int) Math.max(1, Math.max(minPartitions, tooLarge)), format, delimiter);
    }

    /** The same when the user named no number: enough splits for {@code parallelism} tasks, none of them tiny. */
    public static List<Split> planDefault(
            Stores stores, String path, boolean isRecursive, int parallelism, Format format, String delimiter)
            throws IOException {
        List<StoredFile> files = list(stores, path, isRecursive);
        long cost = byteCount(files) + OPEN_COST_BYTES * files.size();
        long useful = Math.min(parallelism, ceilDiv(cost, MIN_DEFAULT_SPLIT_BYTES));
        long tooLarge = ceilDiv(cost, MAX_SPLIT_BYTES);
        // Spark's default minimum is 2 as well: code that looks at partitions should see more than one.
        long least = Math.max(1, Math.min(parallelism, 2));
        return cut(files, (int) Math.max(least, Math.max(useful, tooLarge)), format, delimiter);
    }

    /**
     * The part files of an output of ours, one split each, in the order of their numbers.
     *
     * @throws IOException also when the output is not complete
     */
    public static List<Split> parts(Stores stores, String path) throws IOException {
        if (stores.reading(path).list(path + "/_SUCCESS", false).isEmpty()) {
            throw new FileNotFoundException("it has no _SUCCESS, so it was never completed");
        }
        List<StoredFile> files = new ArrayList<>(list(stores, path, false));
        files.sort(Comparator.comparingLong(SplitPlanner::partNumber));
        Splits splits = new Splits();
        for (StoredFile file : files) {
            splits.add(file, 0, file.byteCount());
            splits.end();
        }
        return splits.ended;
    }

    private static long partNumber(StoredFile file) {
        String digits = file.path().substring(file.path().lastIndexOf('-') + 1);
        return digits.chars().allMatch(Character::isDigit) && !digits.isEmpty() ? Long.parseLong(digits) : 0;
    }

    // ---- listing --------------------------------------------------------------------------------------------------

    private static List<StoredFile> list(Stores stores, String paths, boolean isRecursive) throws IOException {
        List<StoredFile> files = new ArrayList<>();
        for (String path : pathsOf(paths)) {
            files.addAll(stores.reading(path).list(path, isRecursive));
        }
        return files;
    }

    /** Cuts at commas outside braces; a backslash before a comma makes it part of the name. */
    static List<String> pathsOf(String paths) {
        List<String> all = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < paths.length(); i++) {
            char c = paths.charAt(i);
            if (c == '\\' && i + 1 < paths.length()) {
                i++;
                path.append(paths.charAt(i) == ',' ? "" : "\\").append(paths.charAt(i));
            } else if (c == ',' && depth == 0) {
                all.add(path.toString());
                path.setLength(0);
            } else {
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                path.append(c);
            }
        }
        all.add(path.toString());
        return all;
    }

    // ---- cutting --------------------------------------------------------------------------------------------------

    /** Files that are cut, or not, together: a run of plain text, or one file that stays whole. */
    private record Group(List<StoredFile> files, long byteCount, boolean canBeCut) {
        long maxSplits() {
            return canBeCut ? Math.max(1, byteCount) : 1;
        }
    }

    private static List<Split> cut(List<StoredFile> files, int wanted, Format format, String delimiter) {
        // Where it counts is known from the text before, which a task cannot look up in packed bytes.
        boolean canCutPacked = !new RecordDelimiter(delimiter).overlapsItself();
        List<Group> groups = groupsOf(files, format, canCutPacked);
        return groups.size() >= wanted ? together(groups, wanted) : apart(groups, wanted);
    }

    private static List<Group> groupsOf(List<StoredFile> files, Format format, boolean canCutPacked) {
        List<Group> groups = new ArrayList<>();
        List<StoredFile> run = new ArrayList<>();
        for (StoredFile file : files) {
            boolean isOnePiece = format.isText() && !canBeCut(Compression.of(file.path()), canCutPacked);
            if (isOnePiece && isLong(file)) {
                LOG.warn(
                        "{} ({}) is compressed, so one task reads all of it; several smaller files are read by many",
                        file.path(),
                        ByteSizes.format(file.byteCount()));
            }
            if (format.isWhole() || isOnePiece) {
                endRun(run, groups);
                groups.add(new Group(List.of(file), file.byteCount(), false));
            } else {
                run.add(file);
            }
        }
        endRun(run, groups);
        return groups;
    }

    /** More than a block, where files have blocks. */
    private static boolean isLong(StoredFile file) {
        return file.blocks().isEmpty()
                ? file.byteCount() > MAX_SPLIT_BYTES
                : file.blocks().size() > 1;
    }

    private static boolean canBeCut(Compression compression, boolean canCutPacked) {
        return compression.canBeCut() && (canCutPacked || !compression.isCompressed());
    }

    private static void endRun(List<StoredFile> run, List<Group> groups) {
        if (!run.isEmpty()) {
            groups.add(new Group(List.copyOf(run), byteCount(run), true));
            run.clear();
        }
    }

    /** At least as many groups as splits: each split takes neighbours until it has its share of what is left. */
    private static List<Split> together(List<Group> groups, int wanted) {
        Splits splits = new Splits();
        long bytesLeft = groups.stream().mapToLong(SplitPlanner::costOf).sum();
        int next = 0;
        for (int splitsLeft = wanted; splitsLeft > 0 && next < groups.size(); splitsLeft--) {
            long share = bytesLeft / splitsLeft;
            long taken = 0;
            int last = groups.size() - splitsLeft;
            do {
                Group group = groups.get(next++);
                group.files().forEach(file -> splits.add(file, 0, file.byteCount()));
                taken += costOf(group);
            } while (next <= last && taken + costOf(groups.get(next)) / 2 <= share);
            bytesLeft -= taken;
            splits.end();
        }
        return splits.ended;
    }

    private static long costOf(Group group) {
        return group.byteCount() + OPEN_COST_BYTES * group.files().size();
    }

    /** More splits than groups: what can be cut gets the rest of them, by its share of the bytes. */
    private static List<Split> apart(List<Group> groups, int wanted) {
        Splits splits = new Splits();
        long bytesLeft = groups.stream()
                .filter(Group::canBeCut)
                .mapToLong(Group::byteCount)
                .sum();
        int spare = wanted - groups.size();
        for (Group group : groups) {
            int extra = 0;
            if (group.canBeCut() && bytesLeft > 0) {
                long share = Math.round((double) spare * group.byteCount() / bytesLeft);
                extra = (int) Math.min(share, group.maxSplits() - 1);
                bytesLeft -= group.byteCount();
                spare -= extra;
            }
            cutText(group, 1 + extra, splits);
        }
        return splits.ended;
    }

    /** Cuts a group's bytes, seen as one text, into equal parts; a cut close to the border of a file moves onto it. */
    private static void cutText(Group group, int count, Splits splits) {
        long fileStart = 0;
        int cuts = 0;
        for (StoredFile file : group.files()) {
            long from = 0;
            while (cuts + 1 < count && cutAt(group, cuts + 1, count) - fileStart < file.byteCount()) {
                cuts++;
                long cut = onto(cutAt(group, cuts, count) - fileStart, file, group.byteCount() / count);
                if (cut > from) {
                    splits.add(file, from, cut);
                }
                from = cut;
                splits.end();
            }
            if (from < file.byteCount() || file.byteCount() == 0) {
                splits.add(file, from, file.byteCount());
            }
            fileStart += file.byteCount();
        }
        splits.end();
    }

    private static long cutAt(Group group, int cut, int count) {
        return (long) ((double) group.byteCount() * cut / count);
    }

    private static long onto(long cut, StoredFile file, long splitBytes) {
        long slack = splitBytes / 10;
        if (cut <= slack) {
            return 0;
        }
        return file.byteCount() - cut <= slack ? file.byteCount() : cut;
    }

    /** Splits that are ended and the one being filled. */
    private static final class Splits {
        private final List<Split> ended = new ArrayList<>();
        private final List<FileRange> ranges = new ArrayList<>();
        private final Map<String, Long> bytesByHost = new LinkedHashMap<>();

        void add(StoredFile file, long from, long to) {
            ranges.add(new FileRange(file.path(), from, to - from, file.byteCount(), file.version()));
            for (Block block : file.blocks()) {
                long shared = Math.min(to, block.offset() + block.length()) - Math.max(from, block.offset());
                if (shared > 0) {
                    block.hosts().forEach(host -> bytesByHost.merge(host, shared, Long::sum));
                }
            }
        }

        /** Does nothing while the split is empty. */
        void end() {
            if (!ranges.isEmpty()) {
                ended.add(new Split(ranges, preferredHosts()));
                ranges.clear();
                bytesByHost.clear();
            }
        }

        /** Those that have the most of its bytes, and who has at least half as much. */
        private List<String> preferredHosts() {
            long most = bytesByHost.values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            return bytesByHost.entrySet().stream()
                    .filter(host -> host.getValue() >= most / 2)
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    private static long byteCount(List<StoredFile> files) {
        return files.stream().mapToLong(StoredFile::byteCount).sum();
    }

    private static long ceilDiv(long bytes, long by) {
        return (bytes + by - 1) / by;
    }
}
