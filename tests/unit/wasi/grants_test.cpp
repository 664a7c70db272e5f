//===- grants_test.cpp - WROUGHT_GRANTS -----------------------------------===//
#include "guest.h"

#include <unistd.h>

namespace wrought::wasi {

namespace {

/// What the clauses say, or the error.
std::string parse(std::string text) {
  std::vector<Clause> clauses(text.size() + 1);
  ClauseError error;
  size_t count = parseClauses(text.data(), clauses.data(), error);
  if (error.message != nullptr)
    return "error at " + std::to_string(error.offset);
  std::string result;
  for (size_t index = 0; index != count; ++index) {
    const Clause &clause = clauses[index];
    if (clause.kind == Clause::Kind::Directory)
      result += "<" + std::string(clause.text) + "|" + clause.guestPath +
                (clause.isReadOnly ? "|ro>" : ">");
    else if (clause.kind == Clause::Kind::Variable)
      result += "{" + std::string(clause.text) + "}";
    else
      result += "#" + std::to_string(clause.fd);
  }
  return result;
}

TEST(Clauses, Directories) {
  EXPECT_EQ(parse("dir=/a"), "</a|/a>");
  EXPECT_EQ(parse("dir=.::/work"), "<.|/work>");
  EXPECT_EQ(parse("dir=/a:ro"), "</a|/a|ro>");
  EXPECT_EQ(parse("dir=/a::/b:ro"), "</a|/b|ro>");
  EXPECT_EQ(parse("dir=/a::/b:ro;dir=c"), "</a|/b|ro><c|c>");
  EXPECT_EQ(parse("dir=/a;dir=/b;"), "</a|/a></b|/b>");
  EXPECT_EQ(parse(";;dir=/a;;"), "</a|/a>");
  EXPECT_EQ(parse(""), "");
}

TEST(Clauses, Escapes) {
  EXPECT_EQ(parse("dir=a\\:b\\;c\\\\d::x\\:\\:y"), "<a:b;c\\d|x::y>");
  EXPECT_EQ(parse("dir=a\\:ro"), "<a:ro|a:ro>");
  EXPECT_EQ(parse("env=A=\\;\\\\\\x"), "{A=;\\x}");
  EXPECT_EQ(parse("dir=a\\"), "<a\\|a\\>");
}

TEST(Clauses, Variables) {
  EXPECT_EQ(parse("env=A=b=c:d::e"), "{A=b=c:d::e}");
  EXPECT_EQ(parse("env=A;env=B="), "{A}{B=}");
  EXPECT_EQ(parse("dir=x;env=A;socket=12"), "<x|x>{A}#12");
}

TEST(Clauses, Errors) {
  EXPECT_EQ(parse("x"), "error at 0");
  EXPECT_EQ(parse("dir=a;file=b"), "error at 6");
  EXPECT_EQ(parse("dir="), "error at 0");
  EXPECT_EQ(parse("dir=;env=A"), "error at 0");
  EXPECT_EQ(parse("dir=::b"), "error at 0");
  EXPECT_EQ(parse("dir=a::"), "error at 0");
  EXPECT_EQ(parse("dir=a:b"), "error at 0");
  EXPECT_EQ(parse("dir=a:rw"), "error at 0");
  EXPECT_EQ(parse("dir=a:ro:ro"), "error at 0");
  EXPECT_EQ(parse("dir=a:ro::b"), "error at 0");
  EXPECT_EQ(parse("dir=a::b::c"), "error at 0");
  EXPECT_EQ(parse("env="), "error at 0");
  EXPECT_EQ(parse("env==x"), "error at 0");
  EXPECT_EQ(parse("socket="), "error at 0");
  EXPECT_EQ(parse("socket=x"), "error at 0");
  EXPECT_EQ(parse("socket=99999999999"), "error at 0");
}

class Grants : public Guest {
protected:
  void setGrants(const std::string &value) {
    variable_ = "WROUGHT_GRANTS=" + value;
    environment_[0] = variable_.data();
    process.environment = environment_;
    restart();
  }

  std::string name(uint32_t fd) {
    if (wrought_wasi_fd_prestat_get(fd, dataAt) != Errno::Success)
      return "none";
    auto length = at<uint32_t>(dataAt + prestat::nameLength);
    EXPECT_EQ(wrought_wasi_fd_prestat_dir_name(fd, dataAt, length),
              Errno::Success);
    return text(dataAt, length);
  }

  std::string variable_;
  char *environment_[2] = {};
};

TEST_F(Grants, EnvironmentAddsToTheConfig) {
  setGrants("dir=" + host("outside").string() + "::/more:ro");
  EXPECT_EQ(name(3), "/");
  EXPECT_EQ(name(4), "/ro");
  EXPECT_EQ(name(5), "/more");
  EXPECT_EQ(name(6), "none");
  uint32_t fd;
  EXPECT_EQ(open(5, "secret", 0, rights::fdRead, fd), Errno::Success);
  EXPECT_EQ(open(5, "secret", 0, rights::fdWrite, fd), Errno::Rofs);
}

TEST_F(Grants, SealedProgramsIgnoreTheEnvironment) {
  wrought_config.isSealed = 1;
  setGrants("dir=" + host("outside").string());
  EXPECT_EQ(name(5), "none");
}

TEST_F(Grants, NoneOpenUntilAsked) {
  int before = dup(0);
  close(before);
  EXPECT_EQ(write(1, ""), Errno::Success);
  int after = dup(0);
  close(after);
  EXPECT_EQ(before, after);
}

TEST_F(Grants, FailuresAreClear) {
  setGrants("dir=" + host("missing").string());
  EXPECT_EXIT(wrought_wasi_fd_prestat_get(3, dataAt),
              testing::ExitedWithCode(1),
              "^wrought: error: cannot open granted directory "
              "'.*/missing': No such file or directory\n$");
  setGrants("dir=" + host("grant/file").string());
  EXPECT_EXIT(wrought_wasi_fd_prestat_get(3, dataAt),
              testing::ExitedWithCode(1), "grant/file': Not a directory\n$");
  setGrants("dir=a;nonsense");
  EXPECT_EXIT(wrought_wasi_fd_prestat_get(3, dataAt),
              testing::ExitedWithCode(1),
              "^wrought: error: WROUGHT_GRANTS, at 'nonsense': ");
  setGrants("socket=0;socket=987");
  EXPECT_EXIT(wrought_wasi_fd_prestat_get(3, dataAt),
              testing::ExitedWithCode(1), "cannot open granted socket '");
}

} // namespace
} // namespace wrought::wasi
