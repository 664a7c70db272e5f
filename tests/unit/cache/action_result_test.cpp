#include "cache/action_result.h"

#include <gtest/gtest.h>

using namespace wrought::cache;

static const Artifact Program = {std::string(64, 'a'), 300, true, ""};

TEST(ActionResult, IsTheProtocolsMessage) {
  const std::string digest = "\x0a\x40" + Program.sha256 + "\x10\xac\x02";
  const std::string file =
      std::string("\x0a\x03") + "out" + "\x12\x45" + digest + "\x20\x01";
  EXPECT_EQ(encodeRecord(Program), "\x12\x4e" + file);
}

TEST(ActionResult, ComesBack) {
  Artifact artifact = Program;
  EXPECT_EQ(decodeRecord(encodeRecord(artifact)), artifact);
  artifact.isExecutable = false;
  artifact.byteLength = uint64_t{1} << 40;
  artifact.messages = "one\ntwo\n";
  EXPECT_EQ(decodeRecord(encodeRecord(artifact)), artifact);
}

TEST(ActionResult, PassesOverWhatItDoesNotKnow) {
  // Fields 15 (number), 14 (bytes), 13 (64 bits) and 12 (32 bits).
  const std::string more("\x78\x05\x72\x02hi\x69"
                         "12345678\x65"
                         "1234",
                         20);
  EXPECT_EQ(decodeRecord(more + encodeRecord(Program)), Program);
  EXPECT_EQ(decodeRecord(encodeRecord(Program) + more), Program);
}

TEST(ActionResult, IsRefusedWhenDamaged) {
  const std::string record = encodeRecord(Program);
  for (size_t length = 0; length < record.size(); ++length)
    EXPECT_FALSE(decodeRecord(record.substr(0, length))) << length;
  EXPECT_FALSE(decodeRecord(record + record));
  EXPECT_FALSE(decodeRecord(std::string(RecordBytes + 1, '\x78')));
  EXPECT_FALSE(decodeRecord("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_FALSE(decodeRecord("\x17"));
  Artifact artifact = Program;
  artifact.sha256 = "../../etc/passwd";
  EXPECT_FALSE(decodeRecord(encodeRecord(artifact)));
}
