from setuptools import find_packages, setup

setup(
    name="roman numerals",
    version="1.2",
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.6",
    classifiers=[
        "Programming Language :: Python :: 3.9",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
)
