package dev.kindling.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The layout of what data connections carry beside stored bytes: requests, credit, and what becomes of a stream. A new
 * frame is a line in each of the two methods.
 *
 * <p>Stateless; any thread.
 */
final class DataFrameCodec {
    private static final int FETCH_BLOCKS = 65;
    private static final int FETCH_RESULT = 66;
    private static final int CREDIT = 67;
    private static final int CANCEL_STREAM = 68;
    private static final int RANGE_STARTED = 69;
    private static final int RANGE_REFUSED = 70;
    private static final int STREAM_ENDED = 71;
    private static final int FETCH_RESOURCE = 73;
    private static final int FETCH_CACHED_BLOCK = 80;
    private static final int FETCH_MAP_OUTPUT = 81;

    // The fewest bytes of each: a promised count is compared with what came.
    private static final int MAP_RANGE_BYTES = 2;

    private DataFrameCodec() {}

    static void write(FrameWriter out, DataFrame frame) {
        if (frame instanceof DataFrame.FetchBlocks f) {
            start(out, FETCH_BLOCKS, f);
            out.number(f.windowBytes());
            writeRequest(out, f.request());
        } else if (frame instanceof DataFrame.FetchResult f) {
            start(out, FETCH_RESULT, f);
            out.number(f.windowBytes());
            FrameParts.writeAttempt(out, f.attempt());
        } else if (frame instanceof DataFrame.FetchResource f) {
            start(out, FETCH_RESOURCE, f);
            out.number(f.windowBytes());
            out.text(f.name());
        } else if (frame instanceof DataFrame.FetchMapOutput f) {
            start(out, FETCH_MAP_OUTPUT, f);
            out.number(f.windowBytes());
            out.number(f.shuffleId());
            FrameParts.writeAttempt(out, f.attempt());
        } else if (frame instanceof DataFrame.FetchCachedBlock f) {
            start(out, FETCH_CACHED_BLOCK, f);
            out.number(f.windowBytes());
            FrameParts.writeBlock(out, f.block());
        } else if (frame instanceof DataFrame.Credit f) {
            start(out, CREDIT, f);
            out.number(f.byteCount());
        } else if (frame instanceof DataFrame.CancelStream f) {
            start(out, CANCEL_STREAM, f);
        } else if (frame instanceof DataFrame.RangeStarted f) {
            start(out, RANGE_STARTED, f);
            out.number(f.index());
            out.number(f.byteCount());
        } else if (frame instanceof DataFrame.RangeRefused f) {
            start(out, RANGE_REFUSED, f);
            out.number(f.index());
            out.flag(f.isAbsent());
            out.text(f.why());
        } else if (frame instanceof DataFrame.StreamEnded f) {
            start(out, STREAM_ENDED, f);
        } else {
            throw new ProtocolException("no layout for " + frame.getClass().getName());
        }
    }

    private static void start(FrameWriter out, int tag, DataFrame frame) {
        out.tag(tag);
        out.number(frame.streamId());
    }

    static DataFrame read(FrameReader in) {
        int tag = in.tag("frame tag");
        switch (tag) {
            case FETCH_BLOCKS:
                return new DataFrame.FetchBlocks(in.integer("streamId"), in.number("windowBytes"), readRequest(in));
            case FETCH_RESULT:
                return new DataFrame.FetchResult(
                        in.integer("streamId"), in.number("windowBytes"), FrameParts.readAttempt(in));
            case FETCH_RESOURCE:
                return new DataFrame.FetchResource(in.integer("streamId"), in.number("windowBytes"), in.text("name"));
            case FETCH_MAP_OUTPUT:
                return new DataFrame.FetchMapOutput(
                        in.integer("streamId"),
                        in.number("windowBytes"),
                        in.integer("shuffleId"),
                        FrameParts.readAttempt(in));
            case FETCH_CACHED_BLOCK:
                return new DataFrame.FetchCachedBlock(
                        in.integer("streamId"), in.number("windowBytes"), FrameParts.readBlock(in));
            case CREDIT:
                return new DataFrame.Credit(in.integer("streamId"), in.number("byteCount"));
            case CANCEL_STREAM:
                return new DataFrame.CancelStream(in.integer("streamId"));
            case RANGE_STARTED:
                return new DataFrame.RangeStarted(in.integer("streamId"), in.integer("index"), in.number("byteCount"));
            case RANGE_REFUSED:
                return new DataFrame.RangeRefused(
                        in.integer("streamId"), in.integer("index"), in.flag("isAbsent"), in.text("why"));
            case STREAM_ENDED:
                return new DataFrame.StreamEnded(in.integer("streamId"));
            default:
                throw in.malformed("frame tag", "unknown: " + tag);
        }
    }

    private static void writeRequest(FrameWriter out, BlockRequest request) {
        out.number(request.shuffleId());
        out.number(request.firstBucket());
        out.number(request.endBucket());
        out.number(request.maps().size());
        AttemptId expected = new AttemptId(0, 0, 0);
        for (BlockRequest.MapRange map : request.maps()) {
            expected = FrameParts.writeSuccessor(out, expected, map.mapAttempt());
            out.number(map.skipBytes());
        }
    }

    private static BlockRequest readRequest(FrameReader in) {
        int shuffleId = in.integer("shuffleId");
        int firstBucket = in.integer("firstBucket");
        int endBucket = in.integer("endBucket");
        int count = in.count("maps", MAP_RANGE_BYTES);
        List<BlockRequest.MapRange> maps = new ArrayList<>(count);
        AttemptId expected = new AttemptId(0, 0, 0);
        for (int i = 0; i < count; i++) {
            AttemptId attempt = in.flag("next map") ? expected : FrameParts.readAttempt(in);
            maps.add(new BlockRequest.MapRange(attempt, in.number("skipBytes")));
            expected = FrameParts.successor(attempt);
        }
        return new BlockRequest(shuffleId, firstBucket, endBucket, maps);
    }
}
