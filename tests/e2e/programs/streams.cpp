// iostreams, string streams and manipulators. (Debian's libc++ for Wasm has no
// file streams.)
// flags: -fno-exceptions -std=c++20
// run: {"stdin": "3 4.5 word\nsecond line\n17\n"}
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

int main() {
  int number = 0;
  double real = 0;
  std::string word, line;
  std::cin >> number >> real >> word;
  std::getline(std::cin, line);
  std::getline(std::cin, line);
  std::cout << number << ' ' << real << ' ' << word << " [" << line << "]\n";

  std::cout << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << ' '
            << std::dec << std::setw(8) << std::setfill('*') << 42 << ' '
            << std::left << std::setw(8) << -7 << ' ' << std::boolalpha << true
            << '\n';
  std::cout << std::fixed << std::setprecision(3) << 3.14159 << ' '
            << std::scientific << 12345.678 << ' ' << std::defaultfloat << 0.1
            << '\n';

  std::ostringstream out;
  for (int i = 0; i < 1000; ++i)
    out << i << (i % 10 == 9 ? '\n' : ',');
  std::istringstream in(out.str());
  int lines = 0;
  std::size_t longest = 0;
  while (std::getline(in, line)) {
    ++lines;
    longest = std::max(longest, line.size());
  }
  std::cout << lines << ' ' << longest << '\n';

  std::string text = "the quick brown fox";
  text.replace(4, 5, "slow");
  text.insert(0, ">> ");
  std::string_view view = text;
  std::cout << view.substr(3, 8) << '|' << text.find("fox") << '|'
            << text.rfind('o') << '|' << std::stoi("42") + std::stod("0.5")
            << '|' << std::quoted("a \"b\"") << '\n';
  std::cerr << "to standard error\n";
  return std::cin.good() ? 0 : 1;
}
