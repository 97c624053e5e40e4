package dev.kindling.driver.sim;

import dev.kindling.driver.sim.SimTargetFiles.Requests;
import dev.kindling.storage.TargetObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The objects of one target in memory, which all processes of a simulated world share, as one of them sees them: a claim
 * is its own as long as it lives. What was written or uploaded stays, whoever ends.
 */
final class SimTargetObjects implements TargetObjects {
    private static final int PIECE_BYTES = 24;

    /** What all see. */
    static final class Storage {
        private final TreeMap<String, byte[]> objects = new TreeMap<>();
        private final TreeMap<String, Unfinished> uploads = new TreeMap<>();
        private final TreeMap<String, SimTargetObjects> holders = new TreeMap<>();
        private int lastUpload;
        private int lastClaim;
    }

    private record Unfinished(String name, List<byte[]> pieces) {}

    private final String target;
    private final Storage storage;
    private final BooleanSupplier isAlive;
    private final Requests requests;

    SimTargetObjects(String target, Storage storage, BooleanSupplier isAlive, Requests requests) {
        this.target = target;
        this.storage = storage;
        this.isAlive = isAlive;
        this.requests = requests;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public void remark(String what) {}

    // ---- objects --------------------------------------------------------------------------------------------------

    @Override
    public boolean isObject() {
        return false;
    }

    @Override
    public List<String> names(String start, int max) throws IOException {
        return requests.send(
                Requests.Kind.READ, () -> namesFrom(start).stream().limit(max).toList());
    }

    /** All names that begin so. */
    List<String> namesFrom(String start) {
        return storage.objects.tailMap(start).keySet().stream()
                .takeWhile(name -> name.startsWith(start))
                .toList();
    }

    /** The bytes of an object; null when there is none. */
    byte[] bytes(String name) {
        return storage.objects.get(name);
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        return requests.send(
                Requests.Kind.READ,
                () -> Optional.ofNullable(bytes(name)).map(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }

    @Override
    public void write(String name, String text) throws IOException {
        requests.send(Requests.Kind.CHANGE, () -> storage.objects.put(name, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean writeNew(String name, String text) throws IOException {
        return requests.send(
                Requests.Kind.CHANGE,
                () -> storage.objects.putIfAbsent(name, text.getBytes(StandardCharsets.UTF_8)) == null);
    }

    @Override
    public void delete(List<String> names) throws IOException {
        for (String name : names) {
            requests.send(Requests.Kind.CHANGE, () -> storage.objects.remove(name));
        }
    }

    // ---- uploads --------------------------------------------------------------------------------------------------

    @Override
    public Upload begin(String name) throws IOException {
        return requests.send(Requests.Kind.CHANGE, () -> {
            Upload upload = new Upload(name, "u" + ++storage.lastUpload);
            storage.uploads.put(upload.id(), new Unfinished(name, new ArrayList<>()));
            return upload;
        });
    }

    /** A piece has a number, so that it may be sent twice. */
    @Override
    public OutputStream open(Upload upload) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                byte[] all = toByteArray();
                List<byte[]> pieces = new ArrayList<>();
                for (int from = 0; from == 0 || from < all.length; from += PIECE_BYTES) {
                    pieces.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + PIECE_BYTES)));
                }
                requests.send(Requests.Kind.CHANGE, () -> {
                    List<byte[]> there = unfinished(upload).pieces();
                    there.clear();
                    return there.addAll(pieces);
                });
            }
        };
    }

    private Unfinished unfinished(Upload upload) throws IOException {
        Unfinished unfinished = storage.uploads.get(upload.id());
        if (unfinished == null) {
            throw new IOException("there is no upload " + upload.id() + " to " + target + "/" + upload.name());
        }
        return unfinished;
    }

    @Override
    public List<Piece> pieces(Upload upload) throws IOException {
        return requests.send(Requests.Kind.READ, () -> {
            List<Piece> pieces = new ArrayList<>();
            for (byte[] bytes : unfinished(upload).pieces()) {
                pieces.add(new Piece(pieces.size() + 1, tagOf(bytes), bytes.length));
            }
            return pieces;
        });
    }

    private static String tagOf(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public Finish finish(Upload upload, List<Piece> pieces) throws IOException {
        return requests.send(Requests.Kind.MOVE, () -> {
            if (!storage.uploads.containsKey(upload.id())) {
                return Finish.GONE;
            }
            if (storage.objects.putIfAbsent(upload.name(), made(pieces)) != null) {
                return Finish.TAKEN;
            }
            storage.uploads.remove(upload.id());
            return Finish.FINISHED;
        });
    }

    private static byte[] made(List<Piece> pieces) {
        StringBuilder all = new StringBuilder();
        pieces.forEach(piece -> all.append(piece.tag()));
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isMadeOf(String name, List<Piece> pieces) throws IOException {
        return requests.send(Requests.Kind.READ, () -> Arrays.equals(bytes(name), made(pieces)));
    }

    @Override
    public void abort(Upload upload) throws IOException {
        requests.send(Requests.Kind.CHANGE, () -> storage.uploads.remove(upload.id()));
    }

    @Override
    public List<Upload> uploads(String start) throws IOException {
        return requests.send(
                Requests.Kind.READ,
                () -> unfinishedUploads().stream()
                        .filter(upload -> upload.name().startsWith(start))
                        .toList());
    }

    List<Upload> unfinishedUploads() {
        return storage.uploads.entrySet().stream()
                .map(upload -> new Upload(upload.getValue().name(), upload.getKey()))
                .toList();
    }

    // ---- claims ---------------------------------------------------------------------------------------------------

    @Override
    public String claimText(String applicationId) {
        return applicationId + " " + ++storage.lastClaim;
    }

    @Override
    public Optional<String> livingWriter(String claim) throws IOException {
        read(claim);
        return Optional.ofNullable(storage.holders.get(claim))
                .filter(holder -> holder.isAlive.getAsBoolean())
                .map(holder -> "another application that is alive");
    }

    @Override
    public void hold(String claim, String text) {
        storage.holders.put(claim, this);
    }

    @Override
    public Optional<String> heldClaim() {
        for (var held : storage.holders.entrySet()) {
            if (held.getValue() == this) {
                return Optional.of(held.getKey());
            }
        }
        return Optional.empty();
    }

    @Override
    public void letGo() {
        storage.holders.values().remove(this);
    }
}
